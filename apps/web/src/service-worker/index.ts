import { version } from '$app/env';
import { assets, immutable, prerendered } from '$app/manifest';
import { self } from '$app/service-worker';

/** One cache per build: a new build is fetched whole before it is used, the old one goes when no tab needs it. */
const cacheName = `cacaw-${version}`;
/** Where the app stands, as this script stands at its root; the framework's own way to say it weighs as much as the rest of this. */
const root = new URL('./', self.location.href).pathname;
/** The page that stands for every address; adapter-static names it in no list, so it is added here. */
const shell = `${root}200.html`;
/** Of use only with a network, and only to whoever has a key of their own: fetched when they ask. */
const isForFew = (path: string): boolean => path.includes('/own-key.worker-');
/** What reads text and barcodes: kept when it is first fetched, whichever build that was; another version has another path. */
const readingCache = 'reading';
const reading = `${root}${__READING_PATH__}/`;
const precached = [...immutable, ...assets, ...prerendered]
  .filter(({ path }) => !isForFew(path))
  .map(({ path }) => root + path.replace(/^\//, ''));
const ofTheRelay = ['api/', 'sync', 'yjs/', 'healthz', 'readyz', 'metrics', 'mail', 'p/'].map((path) => root + path);

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(cacheName).then((cache) => cache.addAll([...precached, shell].map((url) => new Request(url, { cache: 'reload' })))),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith('cacaw-') && name !== cacheName) await caches.delete(name);
      }
      const kept = await caches.open(readingCache);
      for (const { url } of await kept.keys()) if (!new URL(url).pathname.startsWith(reading)) await kept.delete(url);
      await self.clients.claim();
    })(),
  );
});

// A page that has just opened asks, or a person; with another tab open the old build stays until that one closes, so that no tab is
// left with code whose other half is gone.
self.addEventListener('message', (event) => {
  if (event.data !== 'take-over') return;
  event.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then((tabs) => {
      event.ports[0]?.postMessage(tabs.length);
      return tabs.length <= 1 ? self.skipWaiting() : undefined;
    }),
  );
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (ofTheRelay.some((path) => url.pathname.startsWith(path))) return;
  if (url.pathname.startsWith(reading)) event.respondWith(answer(event.request, event.request, readingCache));
  else event.respondWith(answer(event.request.mode === 'navigate' ? shell : event.request, event.request, cacheName));
});

/** From one of our caches, else from the server; what reads is kept then. */
async function answer(wanted: string | Request, request: Request, from: string): Promise<Response> {
  const cache = await caches.open(from);
  const kept = await cache.match(wanted, { ignoreVary: true });
  if (kept) return kept;
  const fetched = await fetch(request);
  if (from === readingCache && fetched.status === 200) await cache.put(request, fetched.clone());
  return fetched;
}
