/**
 * A service worker: it keeps an app's shell, so that it opens without a connection. It never keeps
 * answers of the API, tokens or what Firestore says: the apps do, as far as that may be.
 *
 * The build makes one of it for each app, with another `APP`. The card's also shows messages, which
 * Firebase Cloud Messaging sends as data: no code of Google's is here. The console asks for none.
 */

declare const self: ServiceWorkerGlobalScope;
export {}; // A module, so that the names above are this file's alone.

interface App {
  readonly name: string;
  /** The page that all its addresses show. */
  readonly page: string;
  /** The first parts of these addresses. */
  readonly sections: readonly string[];
  /** The files of the shell; the name of the cache follows from them. */
  readonly shell: readonly string[];
}

const APP = JSON.parse('__APP__') as App;
const INIT = '/__/firebase/init.json';
const CARD = /^\/c\/[^/]+$/;
const CACHE = `${APP.name}-${APP.shell.join()}`;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...APP.shell, APP.page, INIT])));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (APP.shell.includes(url.pathname)) event.respondWith(fromCache(request, url.pathname));
  else if (url.pathname === INIT) event.respondWith(fromNetwork(request, INIT));
  else if (request.mode === 'navigate' && APP.sections.includes(url.pathname.split('/')[1] ?? '')) {
    event.respondWith(fromNetwork(request, APP.page));
  }
});

interface Message {
  readonly title: string;
  readonly body: string;
  readonly lang: string;
  /** Two messages of one cause have the same: then the second one replaces the first. */
  readonly tag: string;
  readonly path: string;
}

self.addEventListener('push', (event) => {
  const message = read(event.data);
  if (!message) return;
  const { title, body, lang, tag, path } = message;
  const shown = { body, lang, tag, icon: '/icon.svg', data: path };
  event.waitUntil(self.registration.showNotification(title, shown));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openCard(String(event.notification.data)));
});

/** Return what a push says; `null` if it is none of ours. */
function read(data: PushMessageData | null): Message | null {
  try {
    const { data: found } = data?.json() as { data?: Message };
    return found?.title ? found : null;
  } catch {
    return null;
  }
}

/** Show the card: in the window that shows it already, else in a new one. */
async function openCard(path: string): Promise<void> {
  const { origin } = self.location;
  const url = new URL(CARD.test(path) ? path : '/cards', origin).href;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.find((each) => each.url.split('#')[0] === url);
  await (open ? open.focus() : self.clients.openWindow(url));
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((each) => each.startsWith(`${APP.name}-`) && each !== CACHE);
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
