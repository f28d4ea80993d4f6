/** Watch a document. It loads the Firestore SDK, so it is itself loaded after the first picture. */

import {
  connectFirestoreEmulator,
  doc,
  getFirestore,
  onSnapshot,
  Timestamp,
  type Firestore,
} from 'firebase/firestore';
import type { Data } from './documents.ts';
import { environment } from './environment.ts';
import { running } from './session.ts';

let opening: Promise<Firestore> | undefined;

async function open(): Promise<Firestore> {
  const { app } = await running();
  const { emulators } = await environment();
  const database = getFirestore(app);
  if (emulators) {
    const [host, port] = emulators.firestore.split(':');
    connectFirestoreEmulator(database, host ?? '127.0.0.1', Number(port));
  }
  return database;
}

/**
 * Call `show` with each state of a document, until the function that is returned is called. `refuse`
 * is called if it may not be read any more: by default nothing is done, and the next reading says why.
 */
export async function watch(
  path: string,
  show: (data: Data) => void,
  refuse: () => void = () => undefined,
): Promise<() => void> {
  opening ??= open();
  return onSnapshot(
    doc(await opening, path),
    (found) => {
      const data = found.data();
      if (data) show(plain(data) as Data);
    },
    refuse,
  );
}

function plain(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate();
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}
