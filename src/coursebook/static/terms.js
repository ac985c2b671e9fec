// Shows what a term means: on hover and focus, and at the first tap (the second follows the link). Escape puts it away.
(() => {
  const links = [...document.querySelectorAll(".explained-term[title]")];
  const note = document.createElement("div");
  note.className = "term-note";
  note.id = "term-note";
  note.setAttribute("role", "tooltip");
  note.hidden = true;
  (document.querySelector("main") ?? document.body).append(note); // in a landmark
  let shown = null;
  let leaving = 0;

  // A title is plain text: its Chinese and Japanese get their language here, as those of the page do in mended.py.
  function withLanguages(text) {
    return text.split(/([\u3040-\u30ff\u3400-\u9fff]+)/).map((part, place) => {
      if (place % 2 === 0) return part;
      const words = document.createElement("span");
      words.lang = /[\u3040-\u30ff]/.test(part) ? "ja" : "zh-Hans";
      words.textContent = part;
      return words;
    });
  }

  function show(link) {
    clearTimeout(leaving);
    if (shown === link) return;
    hide();
    shown = link;
    note.replaceChildren(...withLanguages(link.dataset.meaning));
    note.hidden = false;
    link.setAttribute("aria-describedby", note.id);
    const place = link.getBoundingClientRect();
    const left = Math.max(8, Math.min(place.left, document.documentElement.clientWidth - note.offsetWidth - 8));
    const above = place.bottom + note.offsetHeight + 12 > innerHeight;
    note.style.left = `${left + scrollX}px`;
    note.style.top = `${scrollY + (above ? place.top - note.offsetHeight - 4 : place.bottom + 4)}px`;
  }

  function hide() {
    shown?.removeAttribute("aria-describedby");
    shown = null;
    note.hidden = true;
  }

  const leave = () => (leaving = setTimeout(hide, 200)); // time to move onto the note, which may be long

  for (const link of links) {
    link.dataset.meaning = link.title;
    link.removeAttribute("title"); // else the browser shows it a second time
    let touched = false;
    link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(link));
    link.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && leave());
    link.addEventListener("pointerdown", (event) => (touched = event.pointerType === "touch" && shown !== link));
    link.addEventListener("focus", () => show(link));
    link.addEventListener("blur", leave);
    link.addEventListener("click", (event) => {
      if (!touched) return;
      event.preventDefault();
      touched = false;
      show(link);
    });
  }
  note.addEventListener("pointerenter", () => clearTimeout(leaving));
  note.addEventListener("pointerleave", leave);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("pointerdown", (event) => event.target.closest(".explained-term, .term-note") || hide());
})();
