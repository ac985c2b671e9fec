// The button of the switch; what it shows and hides is in book.css, by the attribute on the root element.
(() => {
  const place = document.querySelector(".article-header-buttons");
  const root = document.documentElement;
  if (!place) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm show-code";
  button.textContent = "Show code";

  function apply() {
    const on = root.dataset.code === "on";
    button.setAttribute("aria-pressed", String(on));
    document.querySelectorAll(".cell.tag_hide-input .cell_input details, .cell.tag_hide-input details.hide").forEach((box) => (box.open = on));
  }

  button.addEventListener("click", () => {
    root.dataset.code = root.dataset.code === "on" ? "off" : "on";
    try {
      localStorage.setItem("show-code", root.dataset.code);
    } catch {
      // no storage here: the switch works, it only forgets
    }
    apply();
  });
  place.prepend(button);
  apply();
})();
