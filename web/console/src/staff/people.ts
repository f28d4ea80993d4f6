/** The people of the account, as the API tells of them. */

import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { account, stores } from '../access.ts';
import { t } from '../words.ts';
import type { Worker } from './rights.ts';

type Schemas = components['schemas'];
export type Person = Schemas['StaffMember'];
export type Invitation = Schemas['StaffInvitation'];
export type Consent = Schemas['ListOAuthConsentsResponse']['consents'][number];

/** Return who has signed in, as the rules see them. */
export function oneself(): Worker {
  const { role, storeIds } = account.value ?? {};
  return { userId: ownId(), role: role ?? 'cashier', storeIds: storeIds ?? [] };
}

/** Whose lists are asked for: who is limited to stores sees those of the store that is open, the
 * others the whole account, whichever store is open. */
const body = (): { readonly storeId?: null } => (oneself().storeIds.length > 0 ? {} : { storeId: null });

export const readPeople = async (): Promise<readonly Person[]> =>
  (await ask((api, signal) => api.POST('/listStaff', { body: body(), signal }))).staff;

export const readInvitations = async (): Promise<readonly Invitation[]> =>
  (await ask((api, signal) => api.POST('/listStaffInvitations', { body: body(), signal }))).invitations;

export async function readConsents(): Promise<readonly Consent[]> {
  return (await ask((api, signal) => api.POST('/listOAuthConsents', { body: { limit: 50 }, signal }))).consents;
}

/** Return in which stores somebody works, in words. */
export function placesOf(storeIds: readonly string[]): string {
  if (storeIds.length === 0) return t().staff.everywhere;
  const names = new Map(stores.value.map((each) => [each.storeId, each.name]));
  return storeIds.map((each) => names.get(each) ?? each).join(', ');
}
