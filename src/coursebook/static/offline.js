// "Save for offline" at the foot of a page: nothing is kept and no worker registered before the reader says so.
(() => {
  "use strict";
  const place = document.querySelector(".bd-footer-content__inner, footer, main");
  if (!/^https?:$/.test(location.protocol) || !("serviceWorker" in navigator) || !isSecureContext || !place) return;
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href).href;
  const prefix = `coursebook ${root} `;
  const box = document.createElement("div");
  box.className = "offline-choice d-print-none";
  const text = document.createElement("span");
  text.setAttribute("role", "status");
  box.append(text);
  place.append(box);

  const show = (words, ...buttons) => {
    const held = box.contains(document.activeElement);
    text.textContent = words;
    box.querySelectorAll("button").forEach((button) => button.remove());
    for (const [label, act] of buttons) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", act);
      box.append(button);
    }
    if (held) box.querySelector("button")?.focus();
  };

  const registration = async () => {
    const found = await navigator.serviceWorker.getRegistration(root);
    return found?.scope === root ? found : undefined;
  };
  const complete = () => caches.match(`${root}?files`); // the worker puts its list there last
  const offer = (words = "") => show(words, ["Save for offline", ask]);
  const saved = (more = "") => show(`This book is saved on this device and opens without a network.${more}`, ["Remove", remove]);

  async function ask() {
    try {
      const answer = await fetch(new URL("_static/coursebook/offline.json", root));
      const { bytes, files } = await answer.json();
      const megabytes = Math.max(1, Math.round(bytes / 1e6));
      show(`The whole book takes ${megabytes} MB on this device (${files} files).`, ["Save", save], ["Not now", () => offer()]);
    } catch {
      offer("This needs a network.");
    }
  }

  async function save() {
    show("Saving …");
    navigator.storage?.persist?.().catch(() => {}); // not awaited: a browser may ask the reader
    try {
      const found = await navigator.serviceWorker.register(new URL("offline-worker.js", root), { scope: root, updateViaCache: "none" });
      if (found.active && !(await complete())) await found.update(); // an old worker, brought back without an install
      watch(found);
    } catch (problem) {
      offer(`Could not save: ${problem.message}.`);
    }
  }

  async function watch(found) {
    const worker = found.installing || found.waiting;
    if (!worker) return !found.active ? offer() : (await complete()) ? saved() : found.active.postMessage("save");
    worker.addEventListener("statechange", async () => {
      if (worker.state === "activated") return saved();
      const whole = await complete(); // of an earlier edition
      if (worker.state === "redundant" && /^Saving/.test(text.textContent)) whole ? saved() : offer("Could not save.");
    });
  }

  async function remove() {
    await (await registration())?.unregister();
    for (const name of await caches.keys()) if (name.startsWith(prefix)) await caches.delete(name);
    offer("Removed from this device.");
  }

  navigator.serviceWorker.addEventListener("message", async ({ data }) => {
    const { done, count, failed, saved: whole } = data?.offline || {};
    if (whole) saved();
    else if (failed && (await complete())) saved(` A newer edition could not be fetched: ${failed}.`);
    else if (failed) offer(`Could not save: ${failed}.`);
    else if (count && !box.querySelector("button")) text.textContent = `Saving: ${done} of ${count} files`;
  });
  registration().then(async (found) => {
    if (found && !found.active) {
      show("Saving …");
      watch(found);
    } else if (found && (await complete())) saved();
    else offer();
  });
})();
