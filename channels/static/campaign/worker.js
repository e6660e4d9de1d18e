// Keeps the pages of campaigns, their scripts and the game for a stand without a network. Rounds are
// never kept: their answers stay on the server until they are given.
const KEPT = "huhang-campaign-1";
const PARTS = ["campaign.css", "main.js", "quiz.js", "rights.js", "dom.js", "kiosk.js"].map((name) => `/static/campaign/${name}`);
const MARK = "/static/mark.svg";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll([...PARTS, MARK])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name.startsWith("huhang-campaign-") && name !== KEPT).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  const isPage = /^\/c\/[a-zA-Z0-9]+$/.test(pathname) || /^\/c\/[a-zA-Z0-9]+\/(rights\.json|board|qr\.svg)$/.test(pathname);
  if (event.request.method === "GET" && (isPage || pathname === MARK || pathname.startsWith("/static/campaign/"))) event.respondWith(freshOrKept(event.request));
});

async function freshOrKept(request) {
  const kept = await caches.open(KEPT);
  try {
    const response = await fetch(request);
    if (response.ok) await kept.put(request, response.clone());
    return response;
  } catch (error) {
    const found = (await kept.match(request)) || (await kept.match(request, { ignoreSearch: true }));
    if (found) return found;
    throw error;
  }
}
