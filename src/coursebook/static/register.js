// Puts a search box and one menu per filterable column above each register and makes the headers of a table sort it.
// A register is a table, a list of folded entries or a glossary. A long one shows its first rows and the rest on demand:
// search, filters and links to a row reach all of them; print shows all that match. Without JavaScript everything shows.
(() => {
  const FEW_ROWS = 8; // the eye searches these faster than it types
  const PAGE = 50; // rows of a long register at first (book.css holds back the rest before this script has run)
  const text = (element) => (element ? element.textContent.trim() : "");

  // As one types it: small letters, no tone marks or accents, no commas or spaces within a number.
  function plain(words) {
    const letters = words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    return letters.replace(/(?<![\d.])\d{1,3}(?:[,\s]\d{3})+(?!\d)/g, (number) => number.replace(/\D/g, ""));
  }

  // Words may stand within words; a number stands at the start of a number: 35 finds 35.8, not 1350.
  function finder(query) {
    const tests = plain(query).split(/\s+/).filter(Boolean).map((word) => {
      const start = /^\d/.test(word) ? "(?<!\\d|\\d\\.)" : "";
      return new RegExp(start + word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    });
    return (content) => tests.every((test) => test.test(content));
  }

  const linked = () => document.getElementById(decodeURIComponent(location.hash.slice(1))); // null without a hash

  function control(bar, label, element) {
    const wrap = document.createElement("label");
    wrap.append(label, element);
    bar.append(wrap);
    return element;
  }

  function menu(values) {
    const select = document.createElement("select");
    select.append(new Option("all", ""));
    values.forEach((value) => select.append(new Option(value, value)));
    return select;
  }

  function button(label, act) {
    const element = document.createElement("button");
    element.type = "button";
    element.append(label);
    element.addEventListener("click", act);
    return element;
  }

  // Numbers by value, words as in a dictionary, empty cells last.
  function compare(a, b) {
    if (!a || !b) return (a === "") - (b === "");
    const [left, right] = [a, b].map((value) => Number(value.replace(/[,%]/g, "")));
    return Number.isNaN(left) || Number.isNaN(right) ? a.localeCompare(b, "en", { numeric: true }) : left - right;
  }

  // What the three kinds have in common: lines in their order, each a heading or a row with its parts and its values.
  function contentOf(register) {
    const isGroup = (element) => element.classList.contains("register-group");
    const line = (parts, value) => ({ parts, value, isGroup: isGroup(parts[0]), content: plain(parts.map(text).join(" ")) });
    const entries = [...register.querySelectorAll(":scope > .register-entry, :scope > .register-group")];
    if (entries.length) {
      const values = entries.map((entry) => JSON.parse(entry.dataset.values ?? "{}"));
      const labels = Object.keys(Object.assign({}, ...values));
      return { labels, lines: entries.map((entry, place) => line([entry], (at) => values[place][labels[at]])) };
    }
    const glossary = register.querySelector("dl.glossary");
    if (glossary) {
      const terms = [...glossary.querySelectorAll(":scope > dt")];
      return { labels: [], lines: terms.map((term) => line([term, term.nextElementSibling], () => "")) };
    }
    const table = register.querySelector("table");
    const heads = [...table.tHead.rows[0].cells];
    const labels = heads.map((head) => (head.classList.contains("filterable") ? text(head) : ""));
    const lines = [...table.tBodies[0].rows].map((row) => line([row], (at) => text(row.cells[at])));
    return { table, heads, labels, lines };
  }

  function sortable({ table, heads }, rows, done) {
    heads.forEach((head, column) => {
      const sort = button("", () => {
        const falling = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        const sign = (a, b) => (falling && a.value(column) && b.value(column) ? -1 : 1);
        rows.sort((a, b) => sign(a, b) * compare(a.value(column), b.value(column)));
        table.tBodies[0].append(...rows.flatMap((row) => row.parts));
        done();
      });
      sort.append(...(head.querySelector("p") ?? head).childNodes);
      head.replaceChildren(sort);
    });
  }

  function setUp(register) {
    const { table, heads, labels, lines } = contentOf(register);
    const rows = lines.filter((line) => !line.isGroup);
    let limit = register.classList.contains("register-long") ? PAGE : rows.length;
    heads?.forEach((head, at) => rows.forEach((row) => row.parts[0].cells[at].setAttribute("data-label", text(head))));
    const bar = document.createElement("form");
    bar.className = "register-filters";
    bar.addEventListener("submit", (event) => event.preventDefault());
    const search = document.createElement("input");
    search.type = "search";
    if (rows.length > FEW_ROWS) control(bar, "Search", search);
    const menus = labels.flatMap((label, at) => {
      if (!label) return [];
      const values = [...new Set(rows.map((row) => row.value(at)))].filter(Boolean);
      values.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
      return [{ at, select: control(bar, label, menu(values)) }];
    });
    const count = document.createElement("p");
    count.className = "register-count";
    count.setAttribute("role", "status");
    bar.append(count);
    const more = document.createElement("p");
    more.className = "register-more";
    const show = (rowsToShow) => () => {
      limit = rowsToShow();
      apply();
    };
    more.append(button(`Show ${PAGE} more`, show(() => limit + PAGE)), button("Show all", show(() => rows.length)));

    function apply() {
      const found = finder(search.value);
      const target = linked();
      let matching = 0;
      let shown = 0;
      rows.forEach((row) => {
        const fits = found(row.content) && menus.every(({ at, select }) => !select.value || row.value(at) === select.value);
        matching += fits;
        row.shows = fits && (matching <= limit || row.parts.some((part) => part.contains(target)));
        shown += row.shows;
        row.parts.forEach((part) => {
          part.hidden = !fits;
          part.classList.toggle("register-later", fits && !row.shows);
        });
      });
      // A heading shows while a row under it does, and not once the rows are sorted another way.
      lines.forEach((line, at) => {
        if (!line.isGroup) return;
        const end = lines.findIndex((other, place) => place > at && other.isGroup);
        const under = lines.slice(at + 1, end < 0 ? lines.length : end);
        line.parts[0].hidden = Boolean(table?.querySelector("[aria-sort]")) || under.every((row) => row.parts[0].hidden);
        line.parts[0].classList.toggle("register-later", !under.some((row) => row.shows));
      });
      more.hidden = shown === matching;
      count.textContent = `${matching} of ${rows.length} rows${more.hidden ? "" : `, ${shown} of them shown`}`;
    }

    // A link to a row must find it, whatever the filters say, and open it if it is folded.
    function reveal() {
      const target = linked();
      const row = target && rows.find(({ parts }) => parts.some((part) => part.contains(target)));
      if (!row) return;
      if (row.parts[0].hidden) bar.reset();
      apply();
      const folded = target.closest("details");
      if (folded) folded.open = true;
      target.scrollIntoView();
    }

    if (table) sortable({ table, heads }, rows, apply);
    bar.addEventListener("input", apply);
    window.addEventListener("hashchange", reveal);
    if (bar.querySelector("input, select")) register.prepend(bar);
    register.append(more);
    register.classList.add("register-ready");
    apply();
    reveal();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".register").forEach(setUp));
})();
