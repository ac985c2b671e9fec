// Puts a search box and one menu per filterable column above each register table and makes its headers sort it.
// On a phone, where each row is a card, a long table shows its first rows and a button for the others.
// Without JavaScript the whole table shows.
(() => {
  const FEW_ROWS = 8; // the eye searches these faster than it types
  const FIRST_ROWS = 6; // of more than a few, before a phone's reader asks for the others
  const text = (cell) => (cell ? cell.textContent.trim() : "");

  function control(register, label, element) {
    const wrap = document.createElement("label");
    wrap.append(label, element);
    register.append(wrap);
    return element;
  }

  function menu(values) {
    const select = document.createElement("select");
    select.append(new Option("all", ""));
    values.forEach((value) => select.append(new Option(value, value)));
    return select;
  }

  // Numbers by value, words as in a dictionary, empty cells last.
  function compare(a, b) {
    if (!a || !b) return (a === "") - (b === "");
    const [left, right] = [a, b].map((value) => Number(value.replace(/[,%]/g, "")));
    return Number.isNaN(left) || Number.isNaN(right) ? a.localeCompare(b, "en", { numeric: true }) : left - right;
  }

  function sortable(table, heads, rows, done) {
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...(head.querySelector("p") ?? head).childNodes);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const falling = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        const value = (row) => text(row.cells[column]);
        rows.sort((a, b) => (falling && value(a) && value(b) ? -1 : 1) * compare(value(a), value(b)));
        table.tBodies[0].append(...rows);
        done();
      });
    });
  }

  function setUp(register) {
    const table = register.querySelector("table");
    const lines = [...table.tBodies[0].rows];
    const isGroup = (row) => row.classList.contains("register-group");
    const rows = lines.filter((row) => !isGroup(row));
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => rows.forEach((row) => row.cells[column].setAttribute("data-label", text(head))));
    const bar = document.createElement("form");
    bar.className = "register-filters";
    bar.addEventListener("submit", (event) => event.preventDefault());
    const search = document.createElement("input");
    search.type = "search";
    if (rows.length > FEW_ROWS) control(bar, "Search", search);
    const menus = heads.flatMap((head, column) => {
      if (!head.classList.contains("filterable")) return [];
      const values = [...new Set(rows.map((row) => text(row.cells[column])))].filter(Boolean);
      values.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
      return [{ column, select: control(bar, text(head), menu(values)) }];
    });
    const count = document.createElement("p");
    count.className = "register-count";
    count.setAttribute("role", "status");
    bar.append(count);
    const more = document.createElement("button");
    more.type = "button";
    more.className = "register-more";
    more.addEventListener("click", () => {
      const next = rows.find((row) => row.classList.contains("register-folded"));
      whole = true;
      apply();
      next.tabIndex = -1;
      next.focus({ preventScroll: true });
    });
    let whole = false;

    // Which rows a phone leaves out is a class; the style sheet leaves them out there and nowhere else.
    function fold(shown) {
      const seen = rows.filter((row) => !row.hidden);
      const short = !whole && shown > FEW_ROWS;
      seen.forEach((row, place) => row.classList.toggle("register-folded", short && place >= FIRST_ROWS));
      more.hidden = !short;
      more.textContent = `Show the other ${shown - FIRST_ROWS} rows`;
    }

    function apply() {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row) => {
        const content = row.textContent.toLowerCase();
        row.hidden =
          !words.every((word) => content.includes(word)) ||
          menus.some(({ column, select }) => select.value && text(row.cells[column]) !== select.value);
        shown += !row.hidden;
      });
      fold(shown);
      // A heading shows while a row under it does, and not once the rows are sorted another way.
      lines.forEach((line, at) => {
        if (!isGroup(line)) return;
        const end = lines.findIndex((other, place) => place > at && isGroup(other));
        const under = lines.slice(at + 1, end < 0 ? lines.length : end);
        line.hidden = Boolean(table.querySelector("[aria-sort]")) || under.every((row) => row.hidden);
        line.classList.toggle("register-folded", under.every((row) => row.hidden || row.classList.contains("register-folded")));
      });
      count.textContent = `${shown} of ${rows.length} rows`;
    }

    // A link to one row must find it, whatever the filters say.
    function reveal() {
      const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (row && rows.includes(row) && (row.hidden || row.classList.contains("register-folded"))) {
        bar.reset();
        whole = true;
        apply();
        row.scrollIntoView();
      }
    }

    sortable(table, heads, rows, apply);
    bar.addEventListener("input", apply);
    window.addEventListener("hashchange", reveal);
    if (bar.querySelector("input, select")) register.prepend(bar);
    table.after(more);
    apply();
    reveal();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".register").forEach(setUp));
})();
