/** Whether an amount is mistyped: the till asks once before it books what is far above its last purchases. */

import type { Entry } from './outbox-rules.ts';

/** Less is never asked for, in major units: a mistake of that size is seen on the receipt. */
const ASKED_FROM = 500;
/** The same where the currency has no decimals: such as 50,000 yen. */
const ASKED_FROM_WHOLE = 50_000;
/** So many times the largest of the last ones: who types no comma books a hundred times as much. */
const TIMES = 10;
const LAST_MAX = 20;

/** `last` are amounts of this till, in the same unit as `minor`. */
export function isUnusual(minor: number, digits: number, last: readonly number[]): boolean {
  const from = digits === 0 ? ASKED_FROM_WHOLE : ASKED_FROM * 10 ** digits;
  return minor >= from && minor >= TIMES * Math.max(0, ...last);
}

type Of = Pick<Entry, 'storeId' | 'currency' | 'mode'>;

const nameOf = ({ storeId, currency, mode }: Of): string => `punktwerk.till.amounts.${mode}.${storeId}.${currency}`;

/** Return the last amounts of this browser in a store, in minor units: nothing of persons is kept. */
export function lastAmounts(of: Of): readonly number[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(of)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'number') : [];
  } catch {
    return [];
  }
}

export function keepAmount(entry: Entry): void {
  write(entry, [minorOf(entry), ...lastAmounts(entry)].slice(0, LAST_MAX));
}

/** It was undone, perhaps as it was mistyped: it says nothing of what is usual. */
export function forgetAmount(entry: Entry): void {
  const last = [...lastAmounts(entry)];
  const place = last.indexOf(minorOf(entry));
  if (place >= 0) last.splice(place, 1);
  write(entry, last);
}

const minorOf = ({ purchaseAmount, digits = 2 }: Entry): number => Math.round(purchaseAmount * 10 ** digits);

function write(of: Of, amounts: readonly number[]): void {
  try {
    localStorage.setItem(nameOf(of), JSON.stringify(amounts));
  } catch {
    // Without storage the till asks a little more often.
  }
}
