/** What a till sends: a booking, which the API books once however often it is sent, and its undoing. */

import { ask, clockSkew, type Problem } from '../../../shared/api/client.ts';
import { nameOf } from '../people.ts';
import type { Program } from '../store.ts';
import { takeBack } from '../take-back.ts';
import { countsThen, toldTime, type Customer, type Entry } from './outbox-rules.ts';
import { leftOf } from './payment-parts.ts';
import type { Told } from './rules-of-then.ts';

export type Bought = { readonly minor: number } | { readonly count: number };

/** What a person at the till has entered. */
export interface Purchase {
  readonly customer: Customer;
  readonly mark: string;
  readonly program: Program;
  /** What was paid, in minor units, such as cents; or how many purchases, if nobody types that. */
  readonly bought: Bought;
  readonly digits: number;
  /** What of it is paid from the balance, in minor units; nothing if it is left out. */
  readonly paid?: number;
}

/** The same purchase on another card: its amount or number, and for which programs it is booked already. */
export interface Again {
  readonly amount: string;
  readonly count: number | undefined;
  readonly booked: readonly string[];
}

/** What was taken from a balance for a purchase, in the currency, and what is left to pay in money. */
export interface Payment {
  readonly redemptionId: string;
  readonly paid: number;
  readonly left: number;
}

export interface Booking {
  readonly entry: Entry;
  readonly userId: string;
  /** What to call the customer, if that was asked for with the booking. */
  readonly name?: string;
  /** `null` if the purchase earned nothing. */
  readonly entryId: string | null;
  readonly added: number;
  readonly pending: number;
  readonly balance: number;
  readonly tier: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether it was sent before without an answer: then the API may have told again what it had answered to that, of then. */
  readonly isRepeated?: boolean;
  /** What the API said of it; nothing if it refused the purchase. */
  readonly told?: Told;
  readonly payment?: Payment;
  /** Why the purchase earned nothing, though it was paid for from the balance. */
  readonly refusal?: Problem;
}

/** What an undoing has done: taken of what was earned, given back of what was paid with. */
export interface Undone {
  readonly taken: number;
  readonly given: number;
  readonly balance: number;
  /** Whether somebody else has done it before. */
  readonly wasBefore: boolean;
}

/**
 * Book a purchase: `transactionId` names it, by which the API knows it again for ever. `found` is called
 * with who it is before that is sent, so that each repetition names the same person.
 */
export async function book(entry: Entry, found: (userId: string) => Promise<void>): Promise<Booking> {
  const now = Date.now();
  const { userId, ...named } = await whoIs(entry, now);
  await found(userId);
  const occurredAt = toldTime(entry, now, clockSkew());
  const { programId, key } = entry;
  const ids = { programId, userId, transactionId: key, ...(occurredAt && { occurredAt }) };
  const body = { ...ids, ...purchaseOf(entry) };
  const answer = await ask((api, signal) => api.POST('/addLoyaltyPoints', { body, signal }));
  return {
    entry,
    userId,
    ...named,
    entryId: answer.entryId,
    added: answer.pointsAdded,
    pending: answer.pointsPending,
    balance: answer.newBalance,
    tier: answer.currentTier,
    at: Date.now(),
    ...(entry.wasSent && { isRepeated: true }),
    ...paymentOf(entry),
    told: {
      added: answer.pointsAdded,
      pending: answer.pointsPending,
      reason: answer.reason,
      cappedBy: answer.cappedBy,
      madeOf: answer.madeOf,
    },
  };
}

/** It was paid before, perhaps by a page that is gone. */
function paymentOf(entry: Entry): Pick<Booking, 'payment'> {
  const { redemptionId, paid } = entry;
  return redemptionId === undefined || paid === undefined ? {} : { payment: { redemptionId, paid, left: leftOf(entry) } };
}

/** What was paid from the balance is a line of its own: the API lets it earn nothing. */
function purchaseOf({ purchaseAmount, purchaseCount, paid }: Entry) {
  if (purchaseCount !== undefined) return { purchaseCount };
  if (!paid) return { purchaseAmount };
  return { purchaseLines: [{ amount: purchaseAmount }, { amount: -paid, type: 'reward' as const }] };
}

async function whoIs(entry: Entry, now: number): Promise<Pick<Booking, 'userId' | 'name'>> {
  const { customer } = entry;
  if ('userId' in customer) return { userId: customer.userId };
  const isSeenThen = 'memberCode' in customer && countsThen(entry, now);
  const body = isSeenThen ? { ...customer, seenAt: new Date(entry.at + clockSkew()).toISOString() } : customer;
  const { member } = await ask((api, signal) => api.POST('/identifyMember', { body, signal }));
  return { userId: member.userId, name: nameOf(member) };
}

/** Whether there is anything to take back: a purchase that earned nothing may have been paid for. */
export const isUndoable = ({ entryId, payment }: Booking): boolean => entryId !== null || payment !== undefined;

/** Take a booking back, with what was paid from the balance, unless somebody has done it before. */
export async function undo({ entry, userId, entryId, payment }: Booking, key: string): Promise<Undone> {
  const { programId } = entry;
  if (entryId === null) {
    if (!payment) throw new Error('nothing was booked');
    const body = { programId, userId, redemptionId: payment.redemptionId };
    const headers = { 'Idempotency-Key': key };
    const answer = await ask((api, signal) => api.POST('/cancelRedemption', { body, headers, signal }));
    return { taken: 0, given: answer.pointsReturned, balance: answer.newBalance, wasBefore: false };
  }
  const answer = await takeBack({ programId, userId, entryId }, key);
  return {
    taken: answer.pointsReversed,
    given: answer.pointsGivenBack,
    balance: answer.newBalance,
    wasBefore: answer.duplicate === true,
  };
}
