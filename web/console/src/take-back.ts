/** Take back the whole of what is left of a booking, at the till or on a member's page. */

import { ask } from '../../shared/api/client.ts';
import type { components } from '../../shared/api/schema.gen.ts';

export type TakenBack = components['schemas']['ReverseLoyaltyTransactionResponse'];

export interface Grant {
  readonly programId: string;
  readonly userId: string;
  readonly entryId: string;
}

/**
 * The id of the return is that of the booking, wherever it is asked for, so that it is taken back
 * once. `key` is of this intention: the answer has `duplicate` if another one has done it before.
 */
export function takeBack(grant: Grant, key: string): Promise<TakenBack> {
  const body = { ...grant, refundId: `undo-${grant.entryId}` };
  const headers = { 'Idempotency-Key': key };
  return ask((api, signal) => api.POST('/reverseLoyaltyTransaction', { body, headers, signal }));
}
