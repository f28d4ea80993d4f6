/** A payment from a balance that has no answer yet: kept for this tab, so that a page that is loaded again knows of it. */

import { isOf, type Entry, type Scope } from './outbox-rules.ts';

const NAME = 'punktwerk.till.payment';

/** Nothing of the person but the id and the code that was shown. */
export interface OpenPayment {
  readonly entry: Entry;
  readonly code: string | undefined;
}

export function keepPayment(open: OpenPayment): void {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(open));
  } catch {
    // Without storage the page itself still knows of it.
  }
}

export function forgetPayment(): void {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // Nothing can have been kept.
  }
}

/** Return what this person has begun here, in this account, store and mode. */
export function recallPayment(here: Scope | null): OpenPayment | undefined {
  try {
    const open = JSON.parse(sessionStorage.getItem(NAME) ?? 'null') as OpenPayment | null;
    if (!open || !here || !isOf(open.entry, here)) return undefined;
    return { ...open, entry: { ...open.entry, wasSent: true } }; // Perhaps: nobody knows.
  } catch {
    return undefined;
  }
}
