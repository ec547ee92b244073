// The worker between pages and network: what the server lets a person keep can be read again without one.
const PAGES = "pages";
const ASSETS = "assets";
const KEPT_BY = "X-Kept-By";
const KEPT_AT = "X-Kept-At";
const LONGEST_MS = 3 * 24 * 3_600_000;
const PATIENCE_MS = 8_000;
const MOST = 60;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/web/")) event.respondWith(asset(request));
  else if (/^\/(by-hand|take-outs|stock-takes|sheets\/by-hand|machines\/[0-9a-f]+\/carry)\//.test(url.pathname)) event.respondWith(page(event));
});

self.addEventListener("push", (event) => {
  const { title, body, url } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, tag: url, data: url }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { origin, pathname } = new URL(event.notification.data, location.href);
  // The page is ours wherever the message was made: an address of elsewhere is not opened.
  event.waitUntil(self.clients.openWindow(origin === location.origin ? pathname : "/messages/"));
});

async function asset(request) {
  const cache = await caches.open(ASSETS);
  const kept = await cache.match(request, { ignoreVary: true });
  try {
    const response = await soon(fetch(request), kept);
    const isNew = response.headers.get("ETag") !== kept?.headers.get("ETag");
    if (response.ok && isNew) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function page(event) {
  const { request } = event;
  const cache = await caches.open(PAGES);
  const kept = await young(cache, request);
  try {
    const response = await soon(fetch(request), kept);
    const owner = response.headers.get(KEPT_BY);
    if (response.ok && owner) event.waitUntil(put(request, response.clone(), owner));
    return response;
  } catch (error) {
    if (!kept) throw error;
    if (request.mode === "navigate") event.waitUntil(say(event.resultingClientId, kept.headers.get(KEPT_AT)));
    return kept;
  }
}

async function young(cache, request) {
  const kept = await cache.match(request.url, { ignoreVary: true });
  return kept && Date.now() - Date.parse(kept.headers.get(KEPT_AT)) < LONGEST_MS ? kept : undefined;
}

// Only the pages of one person are kept at a time.
async function put(request, response, owner) {
  const cache = await caches.open(PAGES);
  const known = await cache.keys();
  const first = known.length ? await cache.match(known[0]) : undefined;
  if (first && first.headers.get(KEPT_BY) !== owner) await Promise.all(known.map((one) => cache.delete(one)));
  else if (known.length >= MOST) await cache.delete(known[0]);
  const headers = new Headers(response.headers);
  headers.set(KEPT_AT, new Date().toISOString());
  for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
  await cache.put(request.url, new Response(await response.blob(), { status: 200, headers }));
}

// A network that does not answer is none, where there is something else to show.
function soon(fetched, kept) {
  if (!kept) return fetched;
  return Promise.race([fetched, new Promise((_, late) => setTimeout(() => late(new Error("late")), PATIENCE_MS))]);
}

async function say(client, keptAt) {
  const found = await self.clients.get(client);
  found?.postMessage({ keptAt });
}
