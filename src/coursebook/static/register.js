// Puts a search box and one menu per filterable column above each register table. Without JavaScript the whole table shows.
(() => {
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

  function setUp(register) {
    const table = register.querySelector("table");
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => rows.forEach((row) => row.cells[column].setAttribute("data-label", text(head))));
    const bar = document.createElement("form");
    bar.className = "register-filters";
    bar.addEventListener("submit", (event) => event.preventDefault());
    const search = control(bar, "Search", document.createElement("input"));
    search.type = "search";
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
      count.textContent = `${shown} of ${rows.length} rows`;
    }

    // A link to one row must find it, whatever the filters say.
    function reveal() {
      const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (row && rows.includes(row) && row.hidden) {
        bar.reset();
        apply();
        row.scrollIntoView();
      }
    }

    bar.addEventListener("input", apply);
    window.addEventListener("hashchange", reveal);
    register.prepend(bar);
    apply();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".register").forEach(setUp));
})();
