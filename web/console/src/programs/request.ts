/** How the API is told of a draft, and where its refusals belong. */

import type { Rules } from '../../../shared/lib/earning.ts';
import { safeUrl } from '../../../shared/lib/safe-url.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { RANGES, type Draft, type Level, type NewProgram, type NumberName, type Step } from './draft.ts';
import { faultsOf } from './faults.ts';
import { readNumber, type Range } from './numbers.ts';

type Schemas = components['schemas'];

/** Return the rules as far as they can be read; `null` without a type, or while a number is in doubt. */
export function rulesOf(draft: Draft, locale: string): Rules | null {
  const doubts = Object.keys(faultsOf(draft, 'rules', locale)).filter((each) => each !== 'reward'); // It is no rule.
  if (doubts.length > 0) return null;
  const read = (name: NumberName): number => valueOf(draft.numbers[name], locale, RANGES[name]);
  // Without a number the API gives one for each check-in.
  const ofVisit = { pointsPerCheckin: draft.hasVisits ? read('pointsPerCheckin') : 0 };
  switch (draft.programType) {
    case 'stamps':
      return { requiredStamps: read('requiredStamps'), ...ofVisit };
    case 'points':
      return { pointsPerEuro: read('pointsPerEuro'), ...ofVisit };
    case 'cashback':
      return { cashbackPercentage: read('cashbackPercentage') };
    case 'tier':
      return { pointsPerEuro: read('pointsPerEuro'), ...ofVisit, tiers: tiersOf(draft.levels, locale) };
    case null:
      return null;
  }
}

const tiersOf = (levels: readonly Level[], locale: string): Schemas['Tier'][] =>
  levels.map(({ name, from }) => ({
    name: name.trim(),
    minPoints: valueOf(from, locale, RANGES.minPoints),
  }));

function valueOf(text: string, locale: string, range: Range): number {
  const read = readNumber(text, locale, range);
  return 'value' in read ? read.value : range.min;
}

/** Return what the API is told. All steps are finished. */
export function requestOf(draft: Draft, storeId: string, isActive: boolean, locale: string): NewProgram {
  const rules = rulesOf(draft, locale);
  if (!rules || !draft.programType) throw new Error('the draft is not finished');
  const logo = safeUrl(draft.logo.trim());
  return {
    storeId,
    programName: draft.programName.trim(),
    programType: draft.programType,
    description: draft.description.trim(),
    rules,
    rewards: rewardsOf(draft, rules, locale),
    branding: { color: draft.color, ...(logo !== undefined && { logo }) },
    isActive,
  };
}

export function rewardsOf(draft: Draft, rules: Rules, locale: string): Schemas['RewardInput'][] {
  const title = draft.reward.trim();
  if (title === '' || draft.programType === 'cashback') return [];
  const cost = 'requiredStamps' in rules ? rules.requiredStamps : valueOf(draft.numbers.rewardCost, locale, RANGES.rewardCost);
  return [{ title, type: 'free_product', requiredPoints: cost }];
}

/** Where a refusal of the API belongs: `rules.tiers[1].name` is a level's name in the step `rules`. */
export function placeOf(field: string): { readonly step: Step; readonly field: string } {
  const level = /^rules\.tiers\[(\d+)\]\.(name|minPoints)$/.exec(field);
  if (level) return { step: 'rules', field: `levels.${level[1] ?? ''}.${level[2] === 'name' ? 'name' : 'from'}` };
  if (field === 'programName' || field === 'description') return { step: 'name', field };
  if (field === 'programType') return { step: 'type', field };
  if (field === 'branding.color') return { step: 'look', field: 'color' };
  if (field === 'branding.logo') return { step: 'look', field: 'logo' };
  if (field.startsWith('rewards[0].requiredPoints')) return { step: 'rules', field: 'rewardCost' };
  if (field.startsWith('rewards')) return { step: 'rules', field: 'reward' };
  if (field.startsWith('rules.')) return { step: 'rules', field: field.slice('rules.'.length) };
  return { step: 'open', field };
}

/** The same draft with the same content is made once, however often it is sent. */
export function keyOf(draft: Draft, body: NewProgram): string {
  return `${draft.draftId}-${hashOf(JSON.stringify(body)).toString(16)}`;
}

/** FNV-1a: it only has to tell one content of a draft from another. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
