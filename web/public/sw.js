// The kiosk without a network: keeps its page and the app's own files, and answers with them when the network does not.
// Nothing else is kept: other pages hold what people are called and when they came.
const CACHE = "kiosk-1";
const KEPT = /^\/(kiosk$|_next\/static\/|icon|manifest)/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(taken()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || !KEPT.test(pathname)) return;
  event.respondWith(answer(request));
});

async function taken() {
  const names = await caches.keys();
  // Other caches of this site are not its own: the models lie in one.
  await Promise.all(names.filter((name) => name.startsWith("kiosk-") && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}
