/** What becomes of a booking that waits for a connection: decided here, without a page or a network. */

import type { Way } from '../../../shared/lib/who.ts';
import type { Mode } from '../mode.ts';
import type { StoredRules } from '../store.ts';

/** Who it was: as the till has read it, or, once the API has told, the id. Nothing else of the person is kept. */
export type Customer =
  | { readonly memberCode: string }
  | { readonly customerNumber: string }
  | { readonly userId: string };

/** Whose bookings they are: nobody else sees or sends them. */
export interface Scope {
  readonly uid: string;
  readonly accountId: string;
  readonly storeId: string;
  /** What is booked for real is never sent to the sandbox, and no test is booked for real. */
  readonly mode: Mode;
}

/** A purchase that was booked at the till, until the API has answered. */
export interface Entry extends Scope {
  /** Made at the tap, and never changed: the `transactionId`, by which the API books it once for ever. */
  readonly key: string;
  readonly programId: string;
  readonly programName: string;
  readonly currency: string;
  /** In major units, with the decimals of the currency; 0 if nobody has typed it. */
  readonly purchaseAmount: number;
  /** How many purchases of a stamp card it is, if nobody has typed what was paid. */
  readonly purchaseCount?: number;
  /** How many decimals the currency has. Entries from before do not say it. */
  readonly digits?: number;
  /** What of that was paid from the balance; nothing if it is left out. It earns nothing. */
  readonly paid?: number;
  /** What has taken it from the balance, once that is known. */
  readonly redemptionId?: string;
  readonly customer: Customer;
  /** The end of the code or number, by which the person at the till knows it again. */
  readonly mark: string;
  /** When it was tapped: milliseconds since 1970, by the clock of this device. */
  readonly at: number;
  /** Not before this time: another sending may be on its way. */
  readonly notBefore: number;
  /** Which page of this browser is sending it, until that time; nothing if none is, or it cannot be known. */
  readonly page?: string | undefined;
  /** Whether the API may have booked it already, without an answer that came here. */
  readonly wasSent: boolean;
  /** How often in a row the API could not carry it out, though it answered. */
  readonly failed: number;
  /** Why the API has refused it: a code of its catalog; `null` if it has not. A person decides what becomes of it. */
  readonly refusal: string | null;
  /** Whether a person has said that an old one is to be sent all the same. */
  readonly isConfirmed: boolean;
  /** What the program said of earning when it was tapped. Entries from before have none. */
  readonly rules?: StoredRules | undefined;
  /** It is sent, and has earned something else than those rules say: until a person has read it. */
  readonly outcome?: Outcome;
}

/** What a purchase was to earn, and what it has earned: points, stamps, or money. */
export interface Outcome {
  readonly promised: number;
  readonly booked: number;
}

const SCOPE = ['uid', 'accountId', 'storeId', 'mode'] as const;
export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;
/** After this somebody may have booked it in another way: a person says whether it is still to be sent. */
const OLD_AFTER_MS = DAY_MS;
/** The API takes times and codes of the last 7 days; an hour of it is for clocks and slow ways. */
const TELLS_WITHIN_MS = 7 * DAY_MS - 60 * MINUTE_MS;
/** What is sent at once needs no time of its own. */
const NOW_MS = 2 * MINUTE_MS;
/** A sending takes no longer: a time further away is of a clock that was set back since. */
const LEASE_MAX_MS = 10 * MINUTE_MS;
const WAIT_MIN_MS = 5_000;
const WAIT_MAX_MS = 5 * MINUTE_MS;

export type Standing = 'waiting' | 'old' | 'refused' | 'differs';

export function standing(entry: Entry, now: number): Standing {
  if (entry.outcome) return 'differs';
  if (entry.refusal !== null) return 'refused';
  return now - entry.at > OLD_AFTER_MS && !entry.isConfirmed ? 'old' : 'waiting';
}

export function isOf(entry: Entry, scope: Scope): boolean {
  return SCOPE.every((name) => entry[name] === scope[name]);
}

/** Return it as it is once the page that was sending it is gone: nobody else waits for its answer. */
export function freed(entry: Entry, openPages: ReadonlySet<string>): Entry {
  return entry.page === undefined || openPages.has(entry.page) ? entry : { ...entry, page: undefined, notBefore: 0 };
}

/** Whether a sending may be on its way from another place. After a failure it only waits for its time. */
export const isLeased = ({ failed, notBefore }: Entry, now: number): boolean => failed === 0 && notBefore > now;

/**
 * Return what is to be sent next; `undefined` if nothing is. Bookings of one customer go in the order in
 * which they were made. What waits for a person's decision holds up nothing else.
 */
export function nextDue(entries: readonly Entry[], now: number): Entry | undefined {
  const held = new Set<string>();
  return inOrder(entries).find((entry) => {
    if (standing(entry, now) !== 'waiting') return false;
    const customer = JSON.stringify(entry.customer);
    const wait = entry.notBefore - now;
    const isDue = (wait <= 0 || wait > LEASE_MAX_MS) && !held.has(customer);
    held.add(customer);
    return isDue;
  });
}

export const inOrder = (entries: readonly Entry[]): readonly Entry[] =>
  [...entries].sort((one, other) => one.at - other.at || (one.key < other.key ? -1 : 1));

/** How long to wait after so many failures in a row: longer each time, and not for all tills the same. */
export function backOff(failures: number, chance: number): number {
  const wait = Math.min(WAIT_MAX_MS, WAIT_MIN_MS * 2 ** Math.min(failures, 10));
  return Math.round(wait * (0.8 + 0.4 * chance));
}

/** What to tell of the time: nothing if it is now, or too long ago for the API; then it counts as of today. */
export function toldTime(entry: Entry, now: number, skew: number): string | undefined {
  const age = now - entry.at;
  return age > NOW_MS && countsThen(entry, now) ? new Date(entry.at + skew).toISOString() : undefined;
}

/** Whether it still counts as bought when it was. */
export const countsThen = (entry: Entry, now: number): boolean => now - entry.at < TELLS_WITHIN_MS;

/** Return who it is without a connection; `null` for what can only be looked up: an address or a phone number. */
export function keptCustomer(way: Way): Customer | null {
  return 'memberCode' in way || 'customerNumber' in way ? way : null;
}

export function markOf(customer: Customer): string {
  const text = Object.values(customer)[0] as string;
  return `…${text.slice(-4)}`;
}
