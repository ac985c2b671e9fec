// Keeps the site for a reader who asked for it. VERSION and FILES (address: first 12 digits of the content's SHA-256)
// are written above.
"use strict";

const SCOPE = self.registration.scope;
const PREFIX = `coursebook ${SCOPE} `;
const LIST = `${SCOPE}?files`; // no page has this address
const AT_ONCE = 6;

const tell = async (message) => {
  for (const window of await self.clients.matchAll({ includeUncontrolled: true, type: "window" }))
    window.postMessage({ offline: message });
};

// What earlier versions kept and this one can take over: hash of the content -> where it lies.
const earlier = async () => {
  const held = new Map();
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === PREFIX + VERSION) continue;
    const cache = await caches.open(name);
    const list = await cache.match(LIST);
    for (const [path, hash] of Object.entries(list ? await list.json() : {})) held.set(hash, [cache, SCOPE + path]);
  }
  return held;
};

const fetched = async (path, hash) => {
  const answer = await fetch(SCOPE + path, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${path}: the server answers ${answer.status}`);
  const content = await answer.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content)).slice(0, hash.length / 2);
  if ([...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") !== hash)
    throw new Error(`${path}: the server sends another version than it lists; try again later`);
  // Made anew: browsers refuse to open a page from an answer that a server redirected.
  return new Response(content, { headers: answer.headers });
};

const save = async () => {
  const cache = await caches.open(PREFIX + VERSION);
  const held = await earlier();
  const waiting = Object.entries(FILES);
  const count = waiting.length;
  let done = 0;
  const worker = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [path, hash] = next;
      if (!(await cache.match(SCOPE + path))) { // else kept by a worker that was stopped halfway
        const [from, address] = held.get(hash) || [];
        await cache.put(SCOPE + path, (from && (await from.match(address))) || (await fetched(path, hash)));
      }
      done += 1;
      if (done % 20 === 0 || done === count) await tell({ done, count });
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await cache.put(LIST, new Response(JSON.stringify(FILES)));
  } catch (problem) {
    waiting.length = 0;
    await caches.delete(PREFIX + VERSION);
    await tell({ failed: problem.name === "QuotaExceededError" ? "there is too little room on this device" : problem.message });
    throw problem;
  }
};

self.addEventListener("install", (event) => event.waitUntil(save().then(() => self.skipWaiting())));

// A page asks for it where a worker is already at work and its cache is gone: removed, or cleared by the browser.
self.addEventListener("message", (event) => {
  if (event.data === "save") event.waitUntil(save().then(() => tell({ saved: true }), () => {}));
});

self.addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys())
        if (name.startsWith(PREFIX) && name !== PREFIX + VERSION) await caches.delete(name);
      await self.clients.claim();
    })(),
  ),
);

self.addEventListener("fetch", (event) => {
  const address = event.request.url.split(/[?#]/)[0];
  if (event.request.method !== "GET" || !address.startsWith(SCOPE)) return;
  const path = decodeURI(address.slice(SCOPE.length));
  const name = [path, `${path.replace(/\/?$/, "/")}index.html`.replace(/^\//, ""), `${path}.html`].find((each) => each in FILES);
  if (!name) return;
  // Not by `open`, which would make the cache anew after its removal.
  event.respondWith(
    caches.match(SCOPE + name, { cacheName: PREFIX + VERSION }).then((kept) => kept || fetch(event.request)),
  );
});
