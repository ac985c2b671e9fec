// Gives each row of a register a link that reports a mistake in it and already says which row and what it prints.
// Rows get it when a pointer or the keyboard comes near, since a page may hold thousands.
(() => {
  const page = document.querySelector("[data-report]");
  const QUESTION = "What is wrong, and what would be right?";

  function link(row) {
    const cells = [...row.cells].map((cell) => [cell.dataset.label, cell.textContent.trim().replace(/\s+/g, " ")]);
    const lines = [`Page: ${location.href.split("#")[0]}#${row.id}`, ...cells.filter(([, text]) => text).map((pair) => pair.join(": "))];
    const filled = { subject: `Mistake in: ${row.id}`, body: [...lines, "", QUESTION, ""].join("\n") };
    const made = document.createElement("a");
    made.className = "report-row";
    made.textContent = "Report a mistake";
    made.href = page.dataset.report.replace(/\{(subject|body)\}/g, (_, name) => encodeURIComponent(filled[name]));
    return made;
  }

  function near(event) {
    const row = event.target.closest?.(".register tbody tr[id]");
    if (row && !row.querySelector(".report-row")) row.cells[row.cells.length - 1].append(" ", link(row));
  }

  ["pointerover", "focusin", "pointerdown"].forEach((kind) => document.addEventListener(kind, near));
})();
