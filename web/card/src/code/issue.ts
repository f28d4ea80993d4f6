/** Get what a till takes from the API: the member's code, or what codes that change are made from. */

import { ask } from '../../../shared/api/client.ts';
import { deviceId } from '../device.ts';
import { keepOwn, onOwnElsewhere, recallOwn } from '../own.ts';
import { ownName } from '../own-names.ts';
import { offer } from '../wallets.ts';
import { keyOf, type DeviceKey } from './changing-code.ts';
import { findKey, keepKey } from './device-keys.ts';

/** The code that stays; or a key for others, where the merchant asks for codes that change. */
export type Source = { readonly code: string } | { readonly key: DeviceKey };

interface Told {
  readonly code: string;
  readonly changes: boolean;
}

const nameOf = (uid: string, storeId: string): string => ownName('till', uid, storeId);

/** Return what this browser has from before, which works without a connection. */
export async function keptSource(uid: string, storeId: string): Promise<Source | undefined> {
  const told = recallOwn<Told>('till', uid, storeId)?.value;
  if (!told?.changes) return told;
  const key = await findKey(nameOf(uid, storeId)).catch(() => undefined);
  return key && { key };
}

/** Call `act` when another tab has got another code or key. */
export const onSourceElsewhere = (uid: string, storeId: string, act: () => void): (() => void) =>
  onOwnElsewhere(act, 'till', uid, storeId);

export async function readSource(uid: string, storeId: string): Promise<Source> {
  const name = nameOf(uid, storeId);
  const { code, changes, wallets } = await ask((api, signal) =>
    api.POST('/getMemberCode', { body: { storeId, userId: uid }, signal }),
  );
  offer(wallets);
  const source = changes ? await keySource(uid, storeId, name).catch(() => ({ code })) : { code };
  keepOwn<Told>({ code, changes }, 'till', uid, storeId); // Last: another tab looks for the key then.
  return source;
}

/** Without keys in this browser, or for a member with many devices, it fails: tills take the code that stays, too. */
async function keySource(uid: string, storeId: string, name: string): Promise<Source> {
  const known = await findKey(name);
  return { key: known ?? (await newKey(uid, storeId, name)) };
}

/** Have the code that stays replaced: whoever has copied it has nothing then. */
export async function replaceCode(uid: string, storeId: string, key: string): Promise<void> {
  const hasKey = recallOwn<Told>('till', uid, storeId)?.value.changes === true;
  const own = hasKey && { deviceId: await deviceOf(storeId), deviceAction: 'replace' as const };
  const body = { storeId, userId: uid, codeAction: 'replace' as const, ...own };
  const headers = { 'Idempotency-Key': key };
  const { device } = await ask((api, signal) => api.POST('/getMemberCode', { body, headers, signal }));
  if (device) await keepKey(nameOf(uid, storeId), await keyOf(device));
}

/** Have this browser's secret replaced: if it had one, that is lost with the key. */
async function newKey(uid: string, storeId: string, name: string): Promise<DeviceKey> {
  const body = {
    storeId,
    userId: uid,
    deviceId: await deviceOf(storeId),
    deviceAction: 'replace' as const,
  };
  const { device } = await ask((api, signal) => api.POST('/getMemberCode', { body, signal }));
  if (!device) throw new Error('no secret was told');
  const key = await keyOf(device);
  await keepKey(name, key);
  return key;
}

/** A browser is a device of its own for each store: a key for one must not end that for another. */
async function deviceOf(storeId: string): Promise<string> {
  const named = new TextEncoder().encode(`${deviceId()} ${storeId}`);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', named));
  return [...hash.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
