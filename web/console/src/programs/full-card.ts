/** The rewards of a full card: what costs as many stamps as the card has. The wizard sets both as one. */

import { ask } from '../../../shared/api/client.ts';
import { may } from '../access.ts';
import { CHECKED, type FormField, type Typed } from './form/fields.ts';
import type { WriteHeaders } from './form/use-form.ts';
import type { Program } from './program.ts';
import { p } from './words.ts';

/** Whether they are changed with the card, as a field of its form. */
export const WITH_CARD = 'rewardsOfFullCard';

type Of = Pick<Program, 'rules' | 'rewards'>;

export const ofFullCard = ({ rules, rewards }: Of): Program['rewards'] =>
  'requiredStamps' in rules ? rewards.filter(({ requiredPoints }) => requiredPoints === rules.requiredStamps) : [];

/** It is asked once the card is another one. `stamps` are those typed, if they can be read. */
export function fullCardFields(program: Of, stamps: number | null): FormField[] {
  const { rules } = program;
  const found = ofFullCard(program);
  if (!('requiredStamps' in rules) || stamps === null || stamps === rules.requiredStamps) return [];
  if (found.length === 0 || !may('updateReward')) return [];
  const words = p().terms.fullCard;
  const titles = found.map(({ title }) => title);
  return [{ kind: 'check', name: WITH_CARD, label: words.also(titles, stamps), hint: words.else(titles, rules.requiredStamps) }];
}

export const typedFullCard = (): Typed => ({ [WITH_CARD]: CHECKED });

/** The rewards as they are after the change. */
export const withCard = (program: Of, stamps: number): Program['rewards'] =>
  program.rewards.map((each) => (ofFullCard(program).includes(each) ? { ...each, requiredPoints: stamps } : each));

export async function changeRewards(program: Program, stamps: number, headers: WriteHeaders): Promise<void> {
  const { programId } = program;
  for (const [index, { rewardId }] of ofFullCard(program).entries()) {
    if (!rewardId) continue;
    const body = { programId, rewardId, requiredPoints: stamps };
    const own = { 'Idempotency-Key': `${headers['Idempotency-Key']}-${index}` };
    await ask((api, signal) => api.POST('/updateReward', { body, headers: own, signal }));
  }
}
