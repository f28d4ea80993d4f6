/** What a till books: each intention has one key, so that it is booked once however often it is sent. */

import { ask, idempotencyKey } from '../../../shared/api/client.ts';
import type { Member } from '../people.ts';
import { nameOf } from '../people.ts';
import type { Program } from '../store.ts';

/** A purchase that is to be booked; it stays the same for each sending. */
export interface Intention {
  readonly key: string;
  readonly userId: string;
  readonly name: string;
  readonly program: Program;
  /** In major units, with the decimals of the currency. */
  readonly purchaseAmount: number;
}

export interface Booking {
  readonly intention: Intention;
  /** `null` if the purchase earned nothing. */
  readonly entryId: string | null;
  readonly added: number;
  readonly pending: number;
  readonly balance: number;
  readonly tier: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export function intend(member: Member, program: Program, minor: number, digits: number): Intention {
  return {
    key: idempotencyKey(),
    userId: member.userId,
    name: nameOf(member),
    program,
    purchaseAmount: minor / 10 ** digits,
  };
}

export async function book(intention: Intention): Promise<Booking> {
  const { key, program, userId, purchaseAmount } = intention;
  const answer = await ask((api, signal) =>
    api.POST('/addLoyaltyPoints', {
      body: { programId: program.programId, userId, purchaseAmount },
      headers: { 'Idempotency-Key': key },
      signal,
    }),
  );
  return {
    intention,
    entryId: answer.entryId,
    added: answer.pointsAdded,
    pending: answer.pointsPending,
    balance: answer.newBalance,
    tier: answer.currentTier,
    at: Date.now(),
  };
}

/** Take a booking back. It is named by its entry, so that it is taken once. */
export async function undo({ intention, entryId }: Booking): Promise<{ taken: number; balance: number }> {
  if (entryId === null) throw new Error('nothing was booked');
  const { program, userId } = intention;
  const answer = await ask((api, signal) =>
    api.POST('/reverseLoyaltyTransaction', {
      body: { programId: program.programId, userId, entryId, refundId: `undo-${entryId}` },
      headers: { 'Idempotency-Key': `undo-${userId}-${entryId}` },
      signal,
    }),
  );
  return { taken: answer.pointsReversed, balance: answer.newBalance };
}
