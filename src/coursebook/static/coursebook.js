// Wakes the charts of a page. Until the reader scrolls, types, points or touches, nothing is loaded; then Vega is
// fetched once, and each chart that comes near is drawn over its static picture, in the same box.
(() => {
  "use strict";

  const VEGA = new URL("vega.js", document.currentScript.src).href;
  const SIGNS_OF_LIFE = ["scroll", "keydown", "pointerdown", "pointermove", "touchstart"];
  const NEAR = "300px";
  const PAUSE = 5000; // ms that a chart may hold up the next, and before what did not load is asked for again
  const EMBED_KEYS = ["theme", "formatLocale", "timeFormatLocale"]; // what an author's embed options may decide

  const live = new Map(); // chart element -> {view, printed, width}
  let vega = null;

  function loadScript(address) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }

  const loadVega = () =>
    (vega ??= loadScript(VEGA).catch(() => {
      vega = null; // the next chart asks again
      throw new Error("Vega did not load");
    }));

  // ---- specification ----

  function readSpec(chart) {
    const spec = JSON.parse(chart.querySelector(".altair-spec").textContent);
    const ours = spec.usermeta.coursebook;
    const box = chart.querySelector(".altair-box");
    if (getComputedStyle(box).getPropertyValue("--layout").trim() === "narrow") {
      Object.assign(spec, ours.narrow);
      for (const key of Object.keys(spec)) if (spec[key] === null) delete spec[key];
    }
    if (ours.undressed) spec.config = merged(window.coursebookConfig, spec.config ?? {});
    const options = spec.usermeta.embedOptions ?? {};
    spec.usermeta = {
      embedOptions: Object.fromEntries(EMBED_KEYS.filter((key) => key in options).map((key) => [key, options[key]])),
    };
    return { spec, ours };
  }

  // What all charts of the site share, updated by what a chart says otherwise, at every depth.
  function merged(base, over) {
    const both = (key) => [base[key], over[key]].every((each) => each?.constructor === Object);
    return { ...base, ...Object.fromEntries(Object.keys(over).map((key) => [key, both(key) ? merged(base[key], over[key]) : over[key]])) };
  }

  // Vega draws an empty chart in silence if its data are not to be had; then its drawing, or its words, shall stay.
  async function askForData(spec) {
    const addresses = new Set();
    JSON.stringify(spec, (key, value) => {
      if (key === "data" && value?.url) addresses.add(value.url);
      return value;
    });
    for (const address of addresses) {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
    }
  }

  function fit(spec, box) {
    for (const layer of spec.layer ?? []) delete layer.height;
    Object.assign(spec, { width: box.clientWidth, height: box.clientHeight, autosize: { type: "fit", contains: "padding" } });
  }

  function asPrinted(spec, printed) {
    for (const [name, cells] of Object.entries(printed)) {
      for (const [row, column, value] of cells) spec.datasets[name][row][column] = value;
    }
  }

  // ---- drawing ----

  async function draw(chart) {
    const box = chart.querySelector(".altair-box");
    if (!box.clientWidth) return;
    const place = document.createElement("div");
    place.className = "altair-live";
    const label = box.querySelector("[aria-label]")?.getAttribute("aria-label") ?? box.textContent.trim();
    let loaded = false;
    try {
      await loadVega();
      const { spec, ours } = readSpec(chart);
      if (!ours.multi) fit(spec, box);
      if (ours.printed && chart.querySelector("[data-values][value=printed]").checked) asPrinted(spec, ours.printed);
      await askForData(spec);
      loaded = true;
      box.append(place);
      const { view } = await window.vegaEmbed(place, spec, {
        mode: "vega-lite",
        renderer: "svg",
        actions: false,
        defaultStyle: false,
        logLevel: 1, // errors only (vega.Error; the bundle does not export vega)
        tooltip: showTooltip,
        patch: withoutBindings,
      });
      // Once Vega has drawn: it gives the place a role of its own, and every mark inside a place in the tree.
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", label);
      for (const part of place.children) part.setAttribute("aria-hidden", "true"); // the label says it all
      connect(chart, view, ours.controls);
      // A finger that does not move makes none of the events upon which Vega asks for a tooltip.
      view.addEventListener("click", (event, item) => item?.tooltip && showTooltip(null, event, item, item.tooltip));
      box.classList.add("altair-alive");
      const before = live.get(chart);
      before?.view.finalize();
      before?.place.remove();
      live.set(chart, { view, place, width: box.clientWidth });
    } catch (error) {
      place.remove(); // the static drawing stays
      console.warn(`coursebook: ${chart.closest("[id]").id} stays static: ${error.message}`);
      if (!loaded) setTimeout(() => wakeLater([chart]), PAUSE);
    }
  }

  // The page has its own controls for bound signals; Vega's would come without labels.
  function withoutBindings(spec) {
    for (const signal of spec.signals ?? []) delete signal.bind;
    return spec;
  }

  // ---- controls ----

  function connect(chart, view, controls) {
    controls.forEach((control, number) => {
      const inputs = [...chart.querySelectorAll(`[data-control="${number}"]`)];
      const store = `${control.store}_store`;
      let given = null; // what the control put into the store: it need not follow that
      if (control.dates) control.options = control.options.map((text) => text && Date.parse(text));
      const apply = () => {
        const value = read(control, inputs);
        showOutput(inputs[0], value);
        if (control.signal) view.signal(control.signal, value);
        else view.data(store, (given = tuples(control, value)));
        view.runAsync();
      };
      for (const input of inputs) input.oninput = apply;
      if (isChanged(inputs)) apply();
      if (control.signal) view.addSignalListener(control.signal, (_, value) => write(control, inputs, value));
      else {
        view.addDataListener(store, (_, rows) => {
          if (given && rows[0] === given[0]) return;
          given = null;
          const values = rows.length === 1 ? rows[0].values : null;
          write(control, inputs, control.sides ? values : (values?.[0] ?? null));
        });
      }
    });
  }

  // A field of days stands for whole days, in the zone of the data.
  const toTime = (day, { zone }, end) => Date.parse(`${day}T${end === "min" ? "00:00" : "23:59:59.999"}${zone}`);
  const toDay = (time, { zone }) => new Date(time).toLocaleDateString("sv", { timeZone: zone ? "UTC" : undefined });

  function read(control, inputs) {
    const [input] = inputs;
    switch (control.input) {
      case "checkbox":
        return input.checked;
      case "select":
        return control.options[input.value];
      case "radio":
        return control.options[inputs.find((each) => each.checked)?.value ?? 0];
      case "range":
      case "number":
        return Number(input.value);
      case "interval":
        if (!isChanged(inputs)) return null; // all there is
        return control.sides.map((side, place) =>
          inputs.filter((each) => Number(each.dataset.side) === place).map((each) => {
            const text = each.value || each.defaultValue;
            return side.type === "date" ? toTime(text, side, each.dataset.end) : Number(text);
          }),
        );
      default:
        return input.value;
    }
  }

  function write(control, inputs, value) {
    if (control.input === "checkbox") inputs[0].checked = Boolean(value);
    else if (control.input === "select") inputs[0].value = Math.max(0, control.options.indexOf(value instanceof Date ? +value : value));
    else if (control.input === "interval") inputs.forEach((each) => (each.value = limit(control, each, value)));
    else if (control.input === "radio") inputs.forEach((each) => (each.checked = control.options[each.value] === value));
    else inputs[0].value = value ?? "";
    showOutput(inputs[0], value);
  }

  // What a field says of an interval: one of its two ends, whichever way it was drawn.
  function limit(control, { dataset, defaultValue }, values) {
    const side = control.sides[dataset.side];
    if (!values) return defaultValue;
    const value = Math[dataset.end](...values[dataset.side]);
    return side.type === "date" ? toDay(value, side) : Number(value.toPrecision(6));
  }

  function showOutput(input, value) {
    const output = input.parentElement.querySelector("output");
    if (output) output.value = value;
  }

  function isChanged(inputs) {
    return inputs.some((each) =>
      each.tagName === "SELECT"
        ? [...each.options].some((option) => option.selected !== option.defaultSelected && (option.defaultSelected || each.selectedIndex > 0))
        : each.checked !== each.defaultChecked || each.value !== each.defaultValue,
    );
  }

  function tuples(control, value) {
    if (value === null) return [];
    return [{ unit: "", fields: control.fields, values: control.sides ? value : [value] }];
  }

  // ---- tooltip: what hover shows, a tap shows too, and it stays until the next one ----

  let tip = null;

  function showTooltip(_, event, item, value) {
    if (value === null || value === undefined || value === "") {
      if (event?.pointerType !== "touch") hideTooltip();
      return;
    }
    tip ??= document.body.appendChild(Object.assign(document.createElement("div"), { className: "altair-tooltip" }));
    tip.replaceChildren(...(typeof value === "object" ? Object.entries(value).map(tooltipLine) : [String(value)]));
    tip.hidden = false;
    const { clientX, clientY } = event.touches?.[0] ?? event;
    const { offsetWidth, offsetHeight } = tip;
    const left = clientX + 12 + offsetWidth > innerWidth ? Math.max(4, clientX - offsetWidth - 12) : clientX + 12;
    const top = clientY + 12 + offsetHeight > innerHeight ? Math.max(4, clientY - offsetHeight - 12) : clientY + 12;
    Object.assign(tip.style, { left: `${left}px`, top: `${top}px` });
  }

  function tooltipLine([key, value]) {
    const line = document.createElement("div");
    const name = document.createElement("span");
    name.textContent = key;
    line.append(name, ` ${value}`);
    return line;
  }

  function hideTooltip() {
    if (tip) tip.hidden = true;
  }

  // ---- downloads and long tables ----

  async function downloadPng(chart) {
    const drawing = chart.querySelector("svg.altair-wide").cloneNode(true);
    const light = document.body.appendChild(Object.assign(document.createElement("div"), { className: "altair-light" }));
    const colours = getComputedStyle(light);
    const [width, height] = drawing.getAttribute("viewBox").split(" ").slice(2).map(Number);
    drawing.setAttribute("width", 2 * width);
    drawing.setAttribute("height", 2 * height);
    const text = new XMLSerializer()
      .serializeToString(drawing)
      .replace(/var\((--cb-[\w-]+)\)/g, (_, name) => colours.getPropertyValue(name).trim());
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    const context = canvas.getContext("2d");
    context.fillStyle = colours.getPropertyValue("--cb-ground");
    light.remove();
    context.fillRect(0, 0, canvas.width, canvas.height);
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    context.drawImage(image, 0, 0);
    const link = document.createElement("a");
    link.download = `${chart.closest("[id]").id}.png`; // the specification waits for Vega
    link.href = canvas.toDataURL("image/png");
    link.click();
  }

  window.coursebookRows = (id, tables) => {
    const chart = document.getElementById(id)?.querySelector(".altair-chart") ?? document.getElementById(id);
    chart.querySelectorAll(".altair-table table").forEach((table, number) => {
      const kinds = [...table.tHead.rows[0].cells].map((head) => head.className);
      const rows = tables[number].map((values) => {
        const row = document.createElement("tr");
        values.forEach((value, place) => {
          const cell = document.createElement(place ? "td" : "th");
          if (!place) cell.scope = "row";
          cell.className = kinds[place];
          cell.textContent = value;
          row.append(cell);
        });
        return row;
      });
      table.tBodies[0].replaceChildren(...rows);
    });
    chart.querySelectorAll(".altair-more").forEach((note) => note.remove());
    chart.querySelector(".altair-table").focus();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".altair-chart button");
    if (button?.dataset.rows) loadScript(button.dataset.rows);
    else if (button && "png" in button.dataset) downloadPng(button.closest(".altair-chart"));
  });
  document.addEventListener("change", (event) => {
    if ("values" in event.target.dataset) draw(event.target.closest(".altair-chart"));
  });

  // ---- waking ----

  let wakeLater; // at the reader's next sign of life

  function start() {
    const pause = (time) => new Promise((next) => setTimeout(next, time));
    let queue = Promise.resolve();
    const enqueue = (chart) => {
      queue = queue.then(() => Promise.race([draw(chart), pause(PAUSE)])).then(() => pause(0));
    };
    const nearby = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          nearby.unobserve(target);
          enqueue(target);
          resized.observe(target.querySelector(".altair-box"));
        }
      },
      { rootMargin: NEAR },
    );
    const resized = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        const chart = target.closest(".altair-chart");
        const drawn = live.get(chart);
        if (drawn && target.clientWidth && Math.abs(drawn.width - target.clientWidth) > 1) {
          drawn.width = target.clientWidth;
          enqueue(chart);
        }
      }
    });
    wakeLater = (charts) => {
      const wake = (event) => {
        // The theme scrolls its list of chapters to the open one; only the page itself is scrolled by a reader.
        if (event.type === "scroll" && event.target !== document) return;
        for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, wake, true);
        for (const chart of charts) nearby.observe(chart);
      };
      for (const sign of SIGNS_OF_LIFE) addEventListener(sign, wake, { capture: true, passive: true });
    };
    wakeLater(document.querySelectorAll(".altair-chart"));
    addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch") hideTooltip();
    }, { capture: true, passive: true });
    addEventListener("keydown", (event) => event.key === "Escape" && hideTooltip());
  }

  start();
})();
