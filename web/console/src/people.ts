/** Persons as the API tells of them. */

import { ask } from '../../shared/api/client.ts';
import type { components } from '../../shared/api/schema.gen.ts';
import type { Way } from '../../shared/lib/who.ts';
import { t } from './words.ts';

const ID_END = 4;

export type Member = components['schemas']['Member'];

/** Return who that is. A rotating code counts once: the till asks once for each scan. */
export async function identify(way: Way): Promise<Member> {
  return (await ask((api, signal) => api.POST('/identifyMember', { body: way, signal }))).member;
}

/** Give somebody a card of a program. Who has one keeps it: it is done once, however often it is sent. */
export async function enroll(userId: string, programId: string): Promise<void> {
  await ask((api, signal) => api.POST('/enrollInLoyaltyProgram', { body: { programId, userId }, signal }));
}

/** Return what to call somebody: the name, or else what is known. A whole id says nothing to a person. */
export function nameOf(member: Member): string {
  const name = [member.firstName, member.lastName].filter(Boolean).join(' ');
  return name || member.email || member.customerNumber || t().shell.someone(member.userId.slice(-ID_END));
}
