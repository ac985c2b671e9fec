// Makes self-checks answer back. Answers stay in this browser, one store for each release of the book and page.
(() => {
  "use strict";

  const checks = [...document.querySelectorAll(".selfcheck")];
  const STORE = `selfcheck ${checks[0].dataset.store}`;
  const PAGE = location.pathname.replace(/\.html$/, "");
  const HINT_AT = 2; // wrong tries
  const ANSWER_AT = 3;
  const SCALES = { thousand: 1e3, k: 1e3, million: 1e6, mn: 1e6, m: 1e6, billion: 1e9, bn: 1e9, b: 1e9, trillion: 1e12, tn: 1e12, t: 1e12 };
  const CURRENCIES = { usd: "USD", $: "USD", "us$": "USD", dollar: "USD", dollars: "USD", rmb: "RMB", cny: "RMB", yuan: "RMB", jpy: "JPY", yen: "JPY", eur: "EUR", euro: "EUR", "€": "EUR" };

  // ---- the store ----

  function everything() {
    try {
      return JSON.parse(localStorage.getItem(STORE)) ?? {};
    } catch {
      return {}; // no storage here (a private window, file:// in some browsers): the page works, it only forgets
    }
  }

  function keep(change) {
    const all = everything();
    change((all[PAGE] ??= { answers: {} }));
    try {
      localStorage.setItem(STORE, JSON.stringify(all));
    } catch {
      /* see above */
    }
  }

  const answers = () => everything()[PAGE]?.answers ?? {};

  // ---- numbers as people write them ----

  // All readings of a text in the question's unit: "3.800" may be 3800 or 3.8. Throws a sentence if there is none.
  function readings(text, unit) {
    const words = text.toLowerCase().replace(/\u2212/g, "-").match(/[a-z$€]+\$?|%/g) ?? [];
    const figures = text.replace(/\u2212/g, "-").match(/[-+]?\d[\d.,'’\u00a0\u202f ]*(?:e[-+]?\d+)?|[-+]?[.,]\d+/gi) ?? [];
    if (figures.length !== 1) throw new Error(figures.length ? "That holds more than one number." : "That does not read as a number. Write it like 3,800 or 38e2.");
    const currency = words.map((word) => CURRENCIES[word]).find(Boolean);
    const asked = Object.values(CURRENCIES).find((name) => unit.includes(name));
    const wanted = `The question asks for ${unit || "a plain number"}`;
    if (currency && currency !== asked) throw new Error(`${wanted}, not for ${currency}.`);
    if (words.includes("%") && !unit.includes("%")) throw new Error(`${wanted}, not for percent.`);
    const exponent = /e[-+]?\d+$/i.exec(figures[0].trim())?.[0] ?? "";
    const scale = words.filter((word) => word !== "e").map((word) => SCALES[word]).find(Boolean);
    const unitScale = unit.toLowerCase().split(/[^a-z]+/).map((word) => SCALES[word]).find(Boolean) ?? 1;
    const factor = scale ? scale / unitScale : 1;
    const bodies = plainNumbers(figures[0].trim().slice(0, figures[0].trim().length - exponent.length));
    return [...new Set(bodies.map((body) => Number(body + exponent) * factor))];
  }

  function plainNumbers(text) {
    const digits = text.replace(/[\s'’\u00a0\u202f]/g, "").replace(/[.,]$/, "");
    const marks = digits.match(/[.,]/g) ?? [];
    const last = marks.at(-1);
    if (!marks.length) return [digits];
    if (new Set(marks).size === 2) {
      const other = last === "," ? "." : ",";
      return [digits.replaceAll(other, "").replace(last, ".")];
    }
    if (marks.length > 1) return [digits.replaceAll(last, "")];
    const decimal = digits.replace(",", ".");
    return /^[-+]?\d{1,3}[.,]\d{3}$/.test(digits) && !/^[-+]?0/.test(digits) ? [digits.replace(last, ""), decimal] : [decimal];
  }

  // A value that was computed, as Python's `number` writes it; one that was typed, digit for digit.
  const show = (value) => Number(value).toLocaleString("en", Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 });
  const exact = (value) => Number(value).toLocaleString("en", { maximumFractionDigits: 12 });
  const withUnit = (text, unit) => `${text}${unit.startsWith("%") ? "" : " "}${unit}`.trim();

  // ---- what each kind of question reads and how it judges ----

  const LOOK_AGAIN = "That is none of the mistakes we foresaw. Look at the question's unit and year again.";
  const same = (a, b) => a.length === b.length && a.every((each, place) => each === b[place]);
  const inputs = (check, selector = "input, select, textarea") => [...check.querySelectorAll(`.selfcheck-inputs :is(${selector})`)];
  const reason = (check, place) => check.querySelector(`[data-choice="${place}"] .selfcheck-why`);
  const because = (check) => check.querySelector(".selfcheck-because");
  const plainText = (text) => text.toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

  const kinds = {
    one: {
      read: (check) => inputs(check).find((input) => input.checked)?.value ?? null,
      write: (check, value) => inputs(check).forEach((input) => (input.checked = input.value === value)),
      empty: "Choose an answer first.",
      judge: (check, value) => ({ right: "right" in check.querySelector(`[data-choice="${value}"]`).dataset, say: [reason(check, value)] }),
    },
    many: {
      read: (check) => inputs(check).filter((input) => input.checked).map((input) => input.value),
      write: (check, value) => inputs(check).forEach((input) => (input.checked = value.includes(input.value))),
      empty: "Choose at least one answer first.",
      judge(check, value) {
        const wanted = [...check.querySelectorAll("[data-choice][data-right]")].map((line) => line.dataset.choice);
        const wrong = value.filter((each) => !wanted.includes(each));
        const missing = wanted.length - value.filter((each) => wanted.includes(each)).length;
        if (!wrong.length && !missing) return { right: true, say: wanted.map((each) => reason(check, each)) };
        return { right: false, say: wrong.length ? wrong.map((each) => reason(check, each)) : [`What you chose is right, and ${missing} more.`] };
      },
    },
    number: {
      read: (check) => inputs(check)[0].value.trim() || null,
      write: (check, value) => (inputs(check)[0].value = value),
      empty: "Write a number first.",
      judge(check, value) {
        const found = readings(value, check.dataset.unit);
        const [answer, tolerance] = [Number(check.dataset.answer), Number(check.dataset.tolerance)];
        const near = (each, wanted, room) => Math.abs(each - wanted) <= Math.max(room, Math.abs(wanted) * 1e-9);
        const right = found.filter((each) => near(each, answer, tolerance));
        if (right.length === 1 && found.length > 1) return { ask: found };
        if (right.length) return { right: true, say: [because(check)] };
        const mistakes = [...check.querySelectorAll("[data-value]")];
        const known = mistakes.find((line) => found.some((each) => near(each, Number(line.dataset.value), Math.max(tolerance, Math.abs(line.dataset.value) * 0.01))));
        return { right: false, say: [known?.querySelector(".selfcheck-why") ?? LOOK_AGAIN] };
      },
    },
    text: {
      read: (check) => inputs(check)[0].value.trim() || null,
      write: (check, value) => (inputs(check)[0].value = value),
      empty: "Write an answer first.",
      judge(check, value) {
        const is = (texts) => texts.some((text) => plainText(text) === plainText(value));
        if (is(JSON.parse(check.dataset.answers))) return { right: true, say: [because(check)] };
        const place = JSON.parse(check.dataset.mistakes).findIndex(is);
        return { right: false, say: [place < 0 ? "Think of another word for it." : reason(check, place)] };
      },
    },
    order: {
      read: (check) => (inputs(check).every((input) => input.value) ? inputs(check).map((input) => input.value) : null),
      write: (check, value) => inputs(check).forEach((input, place) => (input.value = value[place])),
      empty: "Give every item a place first.",
      judge(check, value) {
        if (new Set(value).size < value.length) return { right: false, say: ["Two items have the same place."] };
        const wanted = JSON.parse(check.dataset.order);
        const given = inputs(check).sort((a, b) => a.value - b.value).map((input) => input.dataset.item);
        const fit = given.filter((item, place) => item === wanted[place]).length;
        return same(given, wanted) ? { right: true, say: [because(check)] } : { right: false, say: [`${fit} of ${wanted.length} stand at their place.`] };
      },
    },
    guess: {
      read: (check) => inputs(check)[0].value.trim() || null,
      write: (check, value) => (inputs(check)[0].value = value),
      empty: "Write your guess first; any number will do.",
      judge(check, value) {
        const { low, high, unit } = check.dataset;
        const found = readings(value, unit).filter((each) => each >= Number(low) && each <= Number(high));
        if (!found.length) throw new Error(`A guess here lies between ${exact(low)} and ${withUnit(exact(high), unit)}. Guess again.`);
        return found.length > 1 ? { ask: found } : { right: null, guess: found[0], say: [] };
      },
    },
    open: {
      read: (check) => inputs(check)[0].value.trim() || null,
      write: (check, value) => (inputs(check)[0].value = value),
      empty: "Write a few words first; then compare.",
      judge: () => ({ right: null, say: ["Compare with the answer below and mark yourself."] }),
    },
  };

  // ---- saying ----

  function say(check, mark, parts) {
    const spoken = parts.filter(Boolean).map((part) => (typeof part === "string" ? [part] : [...part.cloneNode(true).childNodes]));
    if (mark) spoken.unshift([Object.assign(document.createElement("strong"), { textContent: mark })]);
    check.querySelector(".selfcheck-feedback").replaceChildren(...spoken.flatMap((part, place) => (place ? [" ", ...part] : part)));
  }

  function button(text, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", action);
    return made;
  }

  const openAnswer = (check) => (check.querySelector(".selfcheck-answer").open = true);

  function ask(check, found) {
    say(check, "Which do you mean?", []);
    const place = check.querySelector(".selfcheck-feedback");
    place.append(...found.map((value) => button(exact(value), () => {
      inputs(check)[0].value = String(value).replace(/\.\d{3}$/, "$&0"); // 3.800 again would be asked about again
      submit(check);
    })));
    place.querySelector("button").focus();
  }

  function reveal(check, guess) {
    const { answer, low, high, unit } = check.dataset;
    const scale = document.createElement("div");
    scale.className = "selfcheck-scale";
    for (const [value, words, name] of [[answer, `it is ${show(answer)}`, "true"], [guess, `you: ${exact(guess)}`, "mine"]]) {
      const mark = document.createElement("span");
      mark.className = name;
      mark.textContent = words;
      mark.style.left = `${100 * Math.min(1, Math.max(0, (value - low) / (high - low)))}%`;
      scale.append(mark);
    }
    const ends = document.createElement("p");
    ends.className = "selfcheck-ends";
    ends.append(...[low, high].map((value) => Object.assign(document.createElement("span"), { textContent: withUnit(exact(value), unit) })));
    const both = `guessed ${withUnit(exact(guess), unit)}; it is ${withUnit(show(answer), unit.startsWith("%") ? unit : "")}.`;
    say(check, "", [`You ${both}`, because(check)]);
    check.querySelector(".selfcheck-feedback").append(scale, ends);
    const recall = document.querySelector(`.selfcheck-recall[data-for="${check.dataset.question}"]`);
    if (recall) {
      recall.hidden = false;
      recall.textContent = `Before you read, you ${both}`;
    }
  }

  // ---- answering ----

  function submit(check, restored = null) {
    const kind = kinds[check.dataset.kind];
    const value = kind.read(check);
    if (value === null || !value.length) return say(check, "", [kind.empty]);
    let result;
    try {
      result = kind.judge(check, value);
    } catch (problem) {
      return say(check, "", [problem.message]);
    }
    if (result.ask) return ask(check, result.ask);
    const before = answers()[check.dataset.question] ?? { tries: 0 };
    const tries = restored?.tries ?? before.tries + 1;
    const sure = check.querySelector(".selfcheck-sure input:checked")?.value;
    if (!restored) keep((page) => (page.answers[check.dataset.question] = { ...before, value, tries, right: result.right, ...(sure && { sure }) }));
    if (check.dataset.kind === "guess") reveal(check, result.guess);
    else if (result.right === null) say(check, "", result.say);
    else say(check, result.right ? "Right." : "Not yet.", result.say);
    if (result.right === false && tries >= HINT_AT) showHint(check);
    if ((result.right === false && tries >= ANSWER_AT) || check.dataset.kind === "open") openAnswer(check);
    progress();
  }

  function showHint(check) {
    const hint = check.querySelector(".selfcheck-hint");
    if (hint) hint.hidden = false;
  }

  function selfMark(check) {
    const list = check.querySelector(".selfcheck-answer ol");
    const grades = document.createElement("div");
    grades.setAttribute("role", "radiogroup");
    grades.setAttribute("aria-label", "How full was your answer?");
    [...list.children].forEach((line, place) => {
      const input = Object.assign(document.createElement("input"), { type: "radio", name: `${check.id}-grade`, value: place });
      input.addEventListener("change", () => {
        keep((page) => (page.answers[check.dataset.question] = { ...page.answers[check.dataset.question], grade: place }));
      });
      const label = document.createElement("label");
      label.className = "selfcheck-choice";
      label.append(input, line.textContent);
      grades.append(label);
    });
    list.replaceWith(grades);
  }

  function setUp(check) {
    const feedback = check.querySelector(".selfcheck-feedback");
    const buttons = document.createElement("div");
    const guess = check.dataset.kind === "guess";
    buttons.append(button({ guess: "Guess", open: "Compare" }[check.dataset.kind] ?? "Check", () => submit(check)));
    if (check.querySelector(".selfcheck-hint")) buttons.append(button("Hint", () => showHint(check)));
    feedback.before(buttons);
    check.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input")) {
        event.preventDefault();
        submit(check);
      }
    });
    if (check.dataset.kind === "open") selfMark(check);
    const kept = answers()[check.dataset.question];
    if (!kept?.value) return;
    kinds[check.dataset.kind].write(check, kept.value);
    if (guess && kept.sure) check.querySelector(`.selfcheck-sure input[value="${kept.sure}"]`).checked = true;
    if (kept.grade !== undefined) check.querySelector(`[name="${check.id}-grade"][value="${kept.grade}"]`).checked = true;
    submit(check, kept);
  }

  // ---- progress, export, resuming ----

  const done = (kept) => Object.values(kept ?? {}).filter((each) => each.right !== false).length;

  function progress() {
    keep((page) => (page.total = checks.length));
    const all = everything();
    for (const link of document.querySelectorAll(".bd-links a")) {
      const page = all[new URL(link.href).pathname.replace(/\.html$/, "")];
      if (!page?.total) continue;
      let mark = link.querySelector(".selfcheck-mark");
      if (!mark) link.append(" ", (mark = Object.assign(document.createElement("span"), { className: "selfcheck-mark" })));
      mark.textContent = `${done(page.answers)}/${page.total}`;
      mark.title = "self-checks answered";
    }
    const line = document.querySelector(".selfcheck-tools p");
    if (line) line.textContent = `${done(answers())} of ${checks.length} self-checks answered on this page. Your answers stay in this browser; nothing is sent anywhere.`;
  }

  function saveFile() {
    const content = { book: checks[0].dataset.store, page: document.title, saved: new Date().toISOString(), answers: answers() };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1)], { type: "application/json" }));
    link.download = `self-checks-${PAGE.split("/").pop()}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // An answer as its reader gave it: the words of choices, items with their places, else what was typed.
  function inWords(check, value) {
    const words = (input) => input.closest("label").querySelector("span").textContent;
    if (check.dataset.kind === "order") return inputs(check).map((input, place) => `${value[place]} ${words(input)}`).join(", ");
    if (!["one", "many"].includes(check.dataset.kind)) return value;
    return inputs(check).filter((input) => [].concat(value).includes(input.value)).map(words).join("; ");
  }

  function printSummary() {
    const lines = checks.map((check) => {
      const kept = answers()[check.dataset.question];
      const state = { true: "right", false: "not yet", null: "answered" }[kept?.right] ?? "not answered";
      const value = kept ? `${inWords(check, kept.value)} ` : "";
      const tries = kept ? `, ${kept.tries} ${kept.tries === 1 ? "try" : "tries"}` : "";
      return `${check.querySelector(".selfcheck-question").textContent.trim()}\n    ${value}(${state}${tries})`;
    });
    const sheet = window.open("", "_blank");
    if (!sheet) return;
    sheet.document.title = `Self-checks: ${document.title}`;
    const text = sheet.document.createElement("pre");
    text.textContent = `${document.title}\n${new Date().toLocaleDateString()}\n\n${lines.join("\n\n")}`;
    text.style.whiteSpace = "pre-wrap";
    sheet.document.body.append(text);
    sheet.print();
  }

  function clear() {
    keep((page) => (page.answers = {}));
    location.reload();
  }

  function tools() {
    const place = document.querySelector(".selfcheck-tools");
    place?.append(document.createElement("p"), button("Save my answers (JSON)", saveFile), button("Print a summary", printSummary), button("Clear my answers", clear));
  }

  // For the first page of the book (reading.js).
  function remember(place) {
    const root = new URL(document.documentElement.dataset.content_root, location.href).href;
    const page = location.href.split(/[?#]/)[0].slice(root.length) + (place ? `#${place}` : "");
    try {
      localStorage.setItem(`reading ${root}`, JSON.stringify({ page, title: document.querySelector("article h1").firstChild.textContent }));
    } catch {
      /* see above */
    }
  }

  function resume() {
    const headings = [...document.querySelectorAll("article h2")];
    const kept = everything()[PAGE]?.at;
    const target = kept && document.getElementById(kept);
    remember(kept);
    if (target && !location.hash) {
      const line = document.createElement("p");
      line.className = "selfcheck-resume";
      const link = document.createElement("a");
      link.href = `#${kept}`;
      link.textContent = target.querySelector("h2")?.firstChild.textContent ?? "where you stopped";
      line.append("Continue where you stopped: ", link);
      document.querySelector("article h1")?.after(line);
    }
    const seen = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target: heading } of entries) {
        const section = heading.closest("section[id]");
        if (!isIntersecting || !section || scrollY <= innerHeight) continue;
        keep((page) => (page.at = section.id));
        remember(section.id);
      }
    });
    headings.forEach((heading) => seen.observe(heading));
  }

  checks.forEach(setUp);
  tools();
  progress();
  resume();
})();
