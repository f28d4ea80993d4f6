/** Pays a part of a purchase from the customer's balance, and books the purchase: each once. */

import { ask, isUnknown, Problem } from '../../../shared/api/client.ts';
import type { Booking, Payment } from './bookings.ts';
import type { Entry } from './outbox-rules.ts';
import { send } from './outbox.ts';
import { leftOf } from './payment-parts.ts';

/** A sale of which the balance has paid a part. `booking` is missing if it waits for a connection. */
export interface PaidSale {
  readonly payment: Payment;
  readonly booking: Booking | undefined;
}

/**
 * Take what an entry says from the balance, then book the purchase. Both have the name of the entry,
 * so the same can be sent again after no answer came: each counts once.
 */
export async function pay(entry: Entry, userId: string, memberCode: string | undefined): Promise<PaidSale> {
  const { programId, key, paid } = entry;
  if (paid === undefined) throw new Error('nothing is to be paid');
  const answer = await ask((api, signal) =>
    api.POST('/redeemLoyaltyPoints', {
      body: { programId, userId, amount: paid, transactionId: key, ...(memberCode && { memberCode }) },
      headers: { 'Idempotency-Key': key },
      signal,
    }),
  );
  const payment = { redemptionId: answer.redemptionId, paid, left: leftOf(entry) };
  try {
    const booking = await send(entry);
    return { payment, booking: booking && { ...booking, payment } };
  } catch (failure) {
    if (isUnknown(failure) || !(failure instanceof Problem)) throw failure; // This browser could keep nothing.
    const { newBalance: balance, currentTier: tier } = answer;
    const nothing = { entryId: null, added: 0, pending: 0, balance, tier, at: Date.now() };
    return { payment, booking: { entry, userId, ...nothing, payment, refusal: failure } };
  }
}
