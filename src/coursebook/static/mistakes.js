// Gives each row of a register, and each dataset of the catalogue, a link that reports a mistake in it. What it says,
// dataset, row and printed values, is filled in when it is about to be used: a page may hold thousands of rows. It stands
// in the row's first cell, which is never empty, and its words in book.css: a row is sorted and searched by its text.
(() => {
  const QUESTION = "What is wrong, and what would be right?";
  const text = (element) => element.textContent.trim().replace(/\s+/g, " ");

  function about(place) {
    const dataset = [...place.closest(".register").classList].find((name) => name.startsWith("dataset-"))?.slice(8);
    const cells = [...(place.cells ?? [])].map((cell) => [cell.dataset.label, text(cell)]);
    return [["Dataset", dataset], ["Row", place.cells && place.id], ...cells];
  }

  document.addEventListener("DOMContentLoaded", () => {
    const ofPage = document.querySelector("[data-report]");
    document.querySelectorAll(".register tbody tr[id], .register-entry").forEach((place) => {
      const link = document.createElement("a");
      link.className = "report-row";
      link.href = ofPage.href;
      link.setAttribute("aria-label", "Report a mistake");
      const fill = () => {
        const id = place.id || place.querySelector("[id]").id;
        const lines = [["Page", `${location.href.split("#")[0]}#${id}`], ...about(place)];
        const body = [...lines.filter((line) => line[1]).map((line) => line.join(": ")), "", QUESTION, ""].join("\n");
        const words = { subject: `Mistake in: ${id}`, body };
        link.href = ofPage.dataset.report.replace(/\{(subject|body)\}/g, (_, name) => encodeURIComponent(words[name]));
      };
      ["pointerover", "focus"].forEach((kind) => link.addEventListener(kind, fill));
      (place.cells?.[0] ?? place).append(link);
    });
  });
})();
