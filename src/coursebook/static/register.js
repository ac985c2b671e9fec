// Puts a search box and one menu per filterable column above each register and makes the headers of a table sort it.
// A register is a table, a list of folded entries or a glossary. A long one shows its first rows and the rest on demand,
// and so does a table on a phone, where each row is a card: search, filters and links to a row reach all of them, print
// shows all that match. Without JavaScript everything shows.
(() => {
  const FEW_ROWS = 8; // the eye searches these faster than it types
  const PAGE = 50; // rows of a long register at first (book.css holds back the rest before this script has run)
  const PHONE = 6; // rows of another table that a phone shows at first
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
    const isLong = register.classList.contains("register-long");
    let limit = isLong ? PAGE : rows.length; // at every width
    let phone = isLong || !table || rows.length <= FEW_ROWS ? rows.length : PHONE; // the style sheet says what a phone is
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
    more.className = isLong ? "register-more" : "register-more register-phone";
    const show = (count) => () => {
      const next = rows.find((row) => row.isLater || row.isFolded);
      [limit, phone] = [count(), rows.length];
      apply();
      next.parts[0].tabIndex = -1;
      next.parts[0].focus({ preventScroll: true });
    };
    if (isLong) more.append(button(`Show ${PAGE} more`, show(() => limit + PAGE)));
    more.append(button("Show all", show(() => rows.length)));

    function apply() {
      const found = finder(search.value);
      const target = linked();
      const chosen = ({ value }) => menus.every(({ at, select }) => !select.value || value(at) === select.value);
      rows.forEach((row) => Object.assign(row, { fits: found(row.content) && chosen(row), isLater: false, isFolded: false }));
      const matching = rows.filter((row) => row.fits);
      matching.forEach((row, place) => {
        const isLinked = row.parts.some((part) => part.contains(target));
        row.isLater = place >= limit && !isLinked;
        row.isFolded = place >= phone && matching.length > FEW_ROWS && !isLinked;
      });
      const shown = matching.filter((row) => !row.isLater).length;
      // A heading shows while a row under it does, and not once the rows are sorted another way.
      lines.forEach((line, at) => {
        if (!line.isGroup) return;
        const end = lines.findIndex((other, place) => place > at && other.isGroup);
        const under = lines.slice(at + 1, end < 0 ? lines.length : end).filter((row) => row.fits);
        line.fits = under.length > 0 && !table?.querySelector("[aria-sort]");
        line.isLater = under.every((row) => row.isLater);
        line.isFolded = under.every((row) => row.isFolded);
      });
      lines.forEach(({ parts, fits, isLater, isFolded }) =>
        parts.forEach((part) => {
          part.hidden = !fits;
          part.classList.toggle("register-later", isLater);
          part.classList.toggle("register-folded", isFolded);
        }),
      );
      more.hidden = !matching.some((row) => row.isLater || row.isFolded);
      if (!isLong) more.lastChild.textContent = `Show the other ${matching.length - PHONE} rows`;
      const part = shown < matching.length ? `, ${shown} of them shown` : "";
      count.textContent = `${matching.length} of ${rows.length} rows${part}`;
    }

    // A link to a row must find it, whatever the filters say, and open it if it is folded.
    function reveal() {
      const target = linked();
      const row = target && rows.find(({ parts }) => parts.some((part) => part.contains(target)));
      if (!row) return;
      if (!row.fits) bar.reset();
      apply();
      const folded = target.closest("details");
      if (folded) folded.open = true;
      target.scrollIntoView();
    }

    if (table) sortable({ table, heads }, rows, apply);
    bar.addEventListener("input", apply);
    window.addEventListener("hashchange", reveal);
    if (bar.querySelector("input, select")) register.prepend(bar);
    (table?.closest(".pst-scrollable-table-container") ?? table ?? register.lastElementChild).after(more);
    register.classList.add("register-ready");
    apply();
    reveal();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".register").forEach(setUp));
})();
