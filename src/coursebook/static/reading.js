// On the first page of a book: the way back to the chapter and section where a reader stopped. selfcheck.js remembers
// them, in this browser alone.
(() => {
  const root = new URL(document.documentElement.dataset.content_root, location.href).href;
  let last = null;
  try {
    last = JSON.parse(localStorage.getItem(`reading ${root}`));
  } catch {
    return; // no storage here
  }
  if (!last) return;
  const line = document.createElement("p");
  line.className = "reading-on";
  const link = document.createElement("a");
  link.href = new URL(last.page, root);
  link.textContent = last.title;
  line.append("Continue: ", link);
  document.querySelector("article h1").after(line);
})();
