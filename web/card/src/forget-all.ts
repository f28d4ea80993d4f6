/** Forget in this browser what is the person's. */

import { forget } from '../../shared/lib/kept.ts';
import { forgetKeys } from './code/device-keys.ts';
import { forgetJoining } from './joining.ts';
import { isOfAnother, tryToEndMessages } from './messages/told.ts';
import { keepsOfOthers } from './own.ts';

/** At the end of a visit. */
export async function forgetAll(): Promise<void> {
  forgetJoining();
  await forgetKept();
}

/**
 * Leave nothing of somebody else to who is here now: they may have signed in over the other one, or the
 * session of the other one may just have ended. What the new one has asked for before signing in stays.
 */
export function forgetOthers(uid: string | null): void {
  if (keepsOfOthers(uid) || isOfAnother(uid)) void forgetKept();
}

async function forgetKept(): Promise<void> {
  forget();
  await forgetKeys().catch(() => undefined); // Without a storage there are none.
  await tryToEndMessages();
}
