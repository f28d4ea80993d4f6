/** Check in at a store, by its code or by where the phone is. */

import { ask } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { deviceId } from '../device.ts';
import type { Earned } from '../parts/earned.tsx';
import type { Position } from './position.ts';

export interface Visit {
  readonly checkedInAt: string;
  readonly earned: readonly Earned[];
}

export type Proof = { readonly code: string } | Position;

/** `key`: the same for each repetition, so that a lost answer counts as one visit. */
export function checkIn(
  storeId: string,
  proof: Proof,
  key: string,
): Promise<Visit> {
  const body = {
    storeId,
    userId: ownId(),
    method: 'code' in proof ? ('qr' as const) : ('gps' as const),
    deviceId: deviceId(),
    ...proof,
  };
  const headers = { 'Idempotency-Key': key };
  return ask((api, signal) => api.POST('/checkIn', { body, headers, signal }));
}
