/** Points that a shop has booked already for the address of the sign-in become the person's own. */

import { ask, Problem } from '../../shared/api/client.ts';

/** With these the two stay apart, and staff can bring them together. */
const APART = new Set(['MERGE_LIMIT_EXCEEDED', 'BALANCE_LIMIT_EXCEEDED', 'MEMBER_MERGED', 'SIGN_IN_NOT_VERIFIED']);

/** Take over whom a till has made for the verified address: before joining, so that a welcome bonus is given once. */
export async function takeOver(storeId: string, userId: string, key: string): Promise<void> {
  const body = { storeId, userId };
  const headers = { 'Idempotency-Key': `${key}-link` };
  try {
    await ask((api, signal) => api.POST('/linkMember', { body, headers, signal }));
  } catch (error) {
    if (!(error instanceof Problem && APART.has(error.code))) throw error;
  }
}
