/** Whether an amount is mistyped: the till asks once before it books what is far above its last purchases. */

import type { Bought } from './bookings.ts';
import type { Entry } from './outbox-rules.ts';

/** Less is never asked for, in major units: a mistake of that size is seen on the receipt. */
const ASKED_FROM = 500;
/** The same where the currency has no decimals: such as 50,000 yen. */
const ASKED_FROM_WHOLE = 50_000;
/** So many times the largest of the last ones: who types no comma books a hundred times as much. */
const TIMES = 10;
const LAST_MAX = 20;

/** So many purchases at once are asked for, and so many times the most of the last ones. */
const ASKED_FROM_COUNT = 5;
const TIMES_COUNT = 3;

/** `last` are amounts of this till, in the same unit; or numbers of purchases. */
export function isUnusual(bought: Bought, digits: number, last: readonly number[]): boolean {
  const most = Math.max(0, ...last);
  if ('count' in bought) return bought.count >= ASKED_FROM_COUNT && bought.count >= TIMES_COUNT * most;
  const from = digits === 0 ? ASKED_FROM_WHOLE : ASKED_FROM * 10 ** digits;
  return bought.minor >= from && bought.minor >= TIMES * most;
}

type Of = Pick<Entry, 'storeId' | 'currency' | 'mode' | 'purchaseCount'>;

/** Amounts of a currency, and numbers of purchases, are kept apart. */
function nameOf({ storeId, currency, mode, purchaseCount }: Of): string {
  return `punktwerk.till.amounts.${mode}.${storeId}.${purchaseCount === undefined ? currency : 'count'}`;
}

/** Return the last amounts of this browser in a store, in minor units, or numbers of purchases: nothing of persons is kept. */
export function lastAmounts(of: Of): readonly number[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(of)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'number') : [];
  } catch {
    return [];
  }
}

export function keepAmount(entry: Entry): void {
  write(entry, [sizeOf(entry), ...lastAmounts(entry)].slice(0, LAST_MAX));
}

/** It was undone, perhaps as it was mistyped: it says nothing of what is usual. */
export function forgetAmount(entry: Entry): void {
  const last = [...lastAmounts(entry)];
  const place = last.indexOf(sizeOf(entry));
  if (place >= 0) last.splice(place, 1);
  write(entry, last);
}

const sizeOf = ({ purchaseAmount, purchaseCount, digits = 2 }: Entry): number =>
  purchaseCount ?? Math.round(purchaseAmount * 10 ** digits);

function write(of: Of, amounts: readonly number[]): void {
  try {
    localStorage.setItem(nameOf(of), JSON.stringify(amounts));
  } catch {
    // Without storage the till asks a little more often.
  }
}
