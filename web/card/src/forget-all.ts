/** Forget in this browser what is the person's. */

import { forget } from '../../shared/lib/kept.ts';
import { forgetKeys } from './code/device-keys.ts';
import { forgetJoining } from './joining.ts';
import { tryToEndMessages } from './messages/told.ts';

export async function forgetAll(): Promise<void> {
  forget();
  forgetJoining();
  await forgetKeys().catch(() => undefined); // Without a storage there are none.
  await tryToEndMessages();
}
