/** Where the person worked last and what they may do there, kept so that the till opens without a connection. */

import { effect } from '@preact/signals';
import { isUnknown, Problem } from '../../shared/api/client.ts';
import { user } from '../../shared/firebase/session.ts';
import { access, close, openKept, type Access } from './access.ts';

const NAME = 'punktwerk.console.access';

interface Kept extends Access {
  readonly uid: string;
}

/** Keep it from now on, whenever it changes. */
export function keepAccess(): void {
  effect(function keep() {
    const opened = access();
    const uid = user.value?.uid;
    if (!opened || !uid) return;
    try {
      localStorage.setItem(NAME, JSON.stringify({ uid, ...opened } satisfies Kept));
    } catch {
      // Without storage the console needs a connection to open.
    }
  });
}

/** Go on where the person was, if there is no connection to ask; throw the failure otherwise. */
export function reopen(uid: string, failure: unknown): void {
  const isOffline = !(failure instanceof Problem) || isUnknown(failure);
  const kept = isOffline ? recall() : undefined;
  if (kept?.uid !== uid) throw failure;
  openKept(kept);
}

/**
 * Leave nothing of somebody else to who is here now (`null`: nobody), whatever has ended the other one's
 * session. What waits in the till's outbox stays: it is the store's, and says who has booked it.
 */
export function forgetOthers(uid: string | null): void {
  if (user.value && user.value.uid !== uid) close();
  if (recall()?.uid !== uid) forgetAccess();
}

export function forgetAccess(): void {
  try {
    localStorage.removeItem(NAME);
  } catch {
    // Nothing can have been kept.
  }
}

function recall(): Kept | undefined {
  try {
    return (JSON.parse(localStorage.getItem(NAME) ?? 'null') as Kept | null) ?? undefined;
  } catch {
    return undefined; // Something else wrote there: as if nothing was kept.
  }
}
