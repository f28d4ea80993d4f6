/** Whose bookings the till makes and sends: of this person, in this account, store and mode. */

import { Problem } from '../../../shared/api/client.ts';
import { user } from '../../../shared/firebase/session.ts';
import { account, store } from '../access.ts';
import { mode } from '../mode.ts';
import { isOf, type Entry, type Scope } from './outbox-rules.ts';

export function scopeOrNone(): Scope | null {
  const accountId = account.value?.accountId;
  const storeId = store.value?.storeId;
  const uid = user.value?.uid;
  return uid && accountId && storeId ? { uid, accountId, storeId, mode: mode.value } : null;
}

export function scope(): Scope {
  const here = scopeOrNone();
  if (!here) throw new Error('no store is open');
  return here;
}

/** Stop if somebody else has signed in, or another store was opened, while it was on its way. */
export function requireHere(entry: Entry): void {
  const here = scopeOrNone();
  if (!here || !isOf(entry, here)) throw new Problem('offline');
}
