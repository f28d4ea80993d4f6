/** Keeps bookings in this browser's IndexedDB, for all its tabs, and tells the other tabs of changes. */

import type { Entry } from './outbox-rules.ts';

const NAME = 'punktwerk.till';
const STORE = 'outbox';
const VERSION = 1;

let opening: Promise<IDBDatabase> | undefined;
const channel = new BroadcastChannel(NAME);

/** Call `changed` when another tab has changed something. */
export function onOthers(changed: () => void): void {
  channel.addEventListener('message', changed);
}

export async function list(): Promise<readonly Entry[]> {
  return answerOf((await store('readonly')).getAll()) as Promise<Entry[]>;
}

/** Keep an entry, new or changed. It is on the disk when this is over. */
export async function put(entry: Entry): Promise<void> {
  await written(await store('readwrite'), (entries) => entries.put(entry));
}

/** Change an entry that is still there: one that was sent meanwhile does not come back. */
export async function change(key: string, after: (entry: Entry) => Entry): Promise<void> {
  await written(await store('readwrite'), (entries) => {
    const reading = entries.get(key) as IDBRequest<Entry | undefined>;
    reading.onsuccess = () => {
      if (reading.result) entries.put(after(reading.result));
    };
  });
}

export async function remove(key: string): Promise<void> {
  await written(await store('readwrite'), (entries) => entries.delete(key));
}

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined; // The next one tries again.
    throw error;
  });
  return (await opening).transaction(STORE, mode, { durability: 'strict' }).objectStore(STORE);
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
  return answerOf(request).then((database) => {
    database.onclose = () => {
      opening = undefined; // The browser has closed it: the next one opens it again.
    };
    return database;
  });
}

async function written(entries: IDBObjectStore, work: (entries: IDBObjectStore) => unknown): Promise<void> {
  const { transaction } = entries;
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('nothing was kept'));
    work(entries);
  });
  channel.postMessage('changed');
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the storage does not answer'));
  });
}
