/** Where the browser keeps the keys of codes that change. They cannot be read out of it. */

import type { DeviceKey } from './changing-code.ts';

const NAME = 'punktwerk.codes';
const STORE = 'keys';

export function findKey(name: string): Promise<DeviceKey | undefined> {
  return inStore('readonly', (store) => store.get(name) as IDBRequest<DeviceKey | undefined>);
}

export async function keepKey(name: string, key: DeviceKey): Promise<void> {
  await inStore('readwrite', (store) => store.put(key, name));
}

/** Forget all keys: at the end of a session. */
export async function forgetKeys(): Promise<void> {
  await inStore('readwrite', (store) => store.clear());
}

async function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await answerOf(opening);
  try {
    return await answerOf(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}
