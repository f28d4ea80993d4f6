/** What this device is told of a card: read and changed by the API. */

import { ask } from '../../../shared/api/client.ts';
import { environment } from '../../../shared/firebase/environment.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { language } from '../words.ts';
import { endMessages, isOfAnother, noteTold } from './told.ts';

export const KINDS = ['earned', 'rewardInReach', 'expiring'] as const;
export type Kind = (typeof KINDS)[number];

export interface Settings {
  /** By it the browser subscribes. */
  readonly pushKey: string;
  readonly deviceId: string;
  /** What this device is told; nothing if it is not subscribed. */
  readonly kinds: readonly Kind[];
}

/** Return the settings of this device; `null` if the operator sends no messages. */
export async function readSettings(programId: string, deviceId: string): Promise<Settings | null> {
  const { appId, messagingSenderId } = await environment();
  if (!appId || !messagingSenderId) return null;
  const body = { programId, userId: ownId() };
  const found = await ask((api, signal) => api.POST('/getPushSettings', { body, signal }));
  if (found.pushKey === null) return null;
  const own = found.devices.find((each) => each.deviceId === deviceId);
  return { pushKey: found.pushKey, deviceId, kinds: own?.kinds ?? [] };
}

/** The browser, or Google's service behind it, gave no token. */
export class NoToken extends Error {}

/** Tell this device of these kinds from now on; of none: unsubscribe it. */
export async function save(
  programId: string,
  { pushKey, deviceId }: Settings,
  kinds: readonly Kind[],
): Promise<void> {
  const device = { programId, userId: ownId(), deviceId };
  if (kinds.length === 0) {
    await ask((api, signal) => api.POST('/unsubscribeFromPush', { body: device, signal }));
    return;
  }
  const token = await tokenOf(pushKey);
  const body = { ...device, token, language, kinds: [...kinds] };
  await ask((api, signal) => api.POST('/subscribeToPush', { body, signal }));
  noteTold(device.userId);
}

async function tokenOf(pushKey: string): Promise<string> {
  try {
    if (isOfAnother(ownId())) await endMessages();
    const { registration } = await import('../../../shared/firebase/push.ts');
    return await registration(pushKey);
  } catch (error) {
    throw new NoToken('no token', { cause: error });
  }
}
