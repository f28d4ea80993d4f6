/** What a till sends: a booking, which the API books once however often it is sent, and its undoing. */

import { ask, clockSkew } from '../../../shared/api/client.ts';
import type { Program } from '../store.ts';
import { takeBack } from '../take-back.ts';
import { countsThen, toldTime, type Customer, type Entry } from './outbox-rules.ts';

/** What a person at the till has entered. */
export interface Purchase {
  readonly customer: Customer;
  readonly mark: string;
  readonly program: Program;
  /** In minor units, such as cents. */
  readonly minor: number;
  readonly digits: number;
}

export interface Booking {
  readonly entry: Entry;
  readonly userId: string;
  /** `null` if the purchase earned nothing. */
  readonly entryId: string | null;
  readonly added: number;
  readonly pending: number;
  readonly balance: number;
  readonly tier: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Undone {
  readonly taken: number;
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
  const userId = await idOf(entry, now);
  await found(userId);
  const occurredAt = toldTime(entry, now, clockSkew());
  const { programId, purchaseAmount, key } = entry;
  const answer = await ask((api, signal) =>
    api.POST('/addLoyaltyPoints', {
      body: { programId, userId, purchaseAmount, transactionId: key, ...(occurredAt && { occurredAt }) },
      signal,
    }),
  );
  return {
    entry,
    userId,
    entryId: answer.entryId,
    added: answer.pointsAdded,
    pending: answer.pointsPending,
    balance: answer.newBalance,
    tier: answer.currentTier,
    at: Date.now(),
  };
}

async function idOf(entry: Entry, now: number): Promise<string> {
  const { customer } = entry;
  if ('userId' in customer) return customer.userId;
  const isSeenThen = 'memberCode' in customer && countsThen(entry, now);
  const body = isSeenThen ? { ...customer, seenAt: new Date(entry.at + clockSkew()).toISOString() } : customer;
  return (await ask((api, signal) => api.POST('/identifyMember', { body, signal }))).member.userId;
}

/** Take a booking back, unless somebody has done it before. */
export async function undo({ entry, userId, entryId }: Booking, key: string): Promise<Undone> {
  if (entryId === null) throw new Error('nothing was booked');
  const answer = await takeBack({ programId: entry.programId, userId, entryId }, key);
  return {
    taken: answer.pointsReversed,
    balance: answer.newBalance,
    wasBefore: answer.duplicate === true,
  };
}
