/** Purchases by phone that a member has begun, and that points have paid of: the points are off the card until then. */

import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { may } from '../access.ts';

type Purchase = components['schemas']['Checkout'];

export interface OpenPurchase {
  readonly transactionId: string;
  readonly storeId: string;
  readonly programId: string;
  readonly points: number;
  readonly orderReference: string | null;
  readonly createdAt: string;
  readonly timesOutAt: string | null;
}

const LIMIT = 100;

/** Read those of a store. Who may not see purchases, or has none, reads of none. */
export async function readOpenPurchases(userId: string, storeId: string): Promise<readonly OpenPurchase[]> {
  if (!may('fetchPurchaseHistory')) return [];
  const body = { userId, storeId, onlyOpen: true, limit: LIMIT };
  const { purchases } = await ask((api, signal) => api.POST('/fetchPurchaseHistory', { body, signal }));
  return purchases.flatMap(paidWithPoints);
}

export async function cancelPurchase({ transactionId, storeId }: OpenPurchase, key: string): Promise<void> {
  const body = { transactionId, storeId };
  await ask((api, signal) =>
    api.POST('/cancelCheckout', { body, headers: { 'Idempotency-Key': key }, signal }),
  );
}

function paidWithPoints({ loyaltyPayment, ...purchase }: Purchase): OpenPurchase[] {
  if (loyaltyPayment === null) return [];
  const { transactionId, storeId, orderReference, createdAt, timesOutAt } = purchase;
  const { programId, points } = loyaltyPayment;
  return [{ transactionId, storeId, programId, points, orderReference, createdAt, timesOutAt }];
}
