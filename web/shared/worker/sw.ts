/**
 * The service worker: it keeps the card's shell, so that it opens without a connection. It never
 * keeps answers of the API, tokens or what Firestore says: `kept.ts` does, and says from when it is.
 */

declare const self: ServiceWorkerGlobalScope;
export {}; // A module, so that the names above are this file's alone.

/** The build writes the files of the shell here; the name of the cache follows from them. */
const SHELL: readonly string[] = JSON.parse('__SHELL__') as string[];
const INIT = '/__/firebase/init.json';
const CACHE = `card-${SHELL.join()}`;
const PAGES = /^\/(?:s|c|cards|check-in|sign-in)(?:\/|$)/;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...SHELL, '/card.html', INIT])));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (SHELL.includes(url.pathname)) event.respondWith(fromCache(request, url.pathname));
  else if (url.pathname === INIT) event.respondWith(fromNetwork(request, INIT));
  else if (request.mode === 'navigate' && PAGES.test(url.pathname)) {
    event.respondWith(fromNetwork(request, '/card.html'));
  }
});

async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((each) => each.startsWith('card-') && each !== CACHE);
  await Promise.all(old.map((each) => caches.delete(each)));
}

async function fromCache(request: Request, name: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(name)) ?? fetch(request);
}

/** A page that is there is newer than the one that was kept. */
async function fromNetwork(request: Request, name: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(name);
    if (kept) return kept;
    throw error;
  }
}
