/** Pays a part of a purchase from the customer's balance, and books the purchase: each once. */

import { ask, isUnknown, Problem } from '../../../shared/api/client.ts';
import type { Booking, Payment } from './bookings.ts';
import type { Entry } from './outbox-rules.ts';
import { forgetPayment, keepPayment } from './kept-payment.ts';
import { send, type Watcher } from './outbox.ts';
import { leftOf } from './payment-parts.ts';
import { keepAmount } from './usual-amounts.ts';

/** A sale, and what of it the balance has paid. `booking` is missing if it waits for a connection. */
export interface Sold {
  readonly payment?: Payment;
  readonly booking: Booking | undefined;
}

/** Book what a person has typed, and pay of it what is to be paid from the balance. */
export async function sell(entry: Entry, memberCode: string | undefined, watcher: Watcher): Promise<Sold> {
  const { customer, paid } = entry;
  const isPaid = paid !== undefined && 'userId' in customer;
  if (isPaid) keepPayment({ entry, code: memberCode });
  try {
    const sold = isPaid ? await pay(entry, customer.userId, memberCode, watcher) : { booking: await send(entry, watcher) };
    forgetPayment();
    keepAmount(entry);
    return sold;
  } catch (failure) {
    if (!isUnknown(failure)) forgetPayment(); // Else nobody knows: the same is sent again.
    throw failure;
  }
}

/**
 * Take what an entry says from the balance, then book the purchase. Both have the name of the entry,
 * so the same can be sent again after no answer came: each counts once.
 */
async function pay(
  entry: Entry,
  userId: string,
  memberCode: string | undefined,
  watcher: Watcher,
): Promise<Sold> {
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
    return { payment, booking: await send({ ...entry, redemptionId: payment.redemptionId }, watcher) };
  } catch (failure) {
    if (isUnknown(failure) || !(failure instanceof Problem)) throw failure; // This browser could keep nothing.
    const { newBalance: balance, currentTier: tier } = answer;
    const nothing = { entryId: null, added: 0, pending: 0, balance, tier, at: Date.now() };
    return { payment, booking: { entry, userId, ...nothing, payment, refusal: failure } };
  }
}
