/** A program that is not there yet: what was typed of it, and in which steps. */

import type { components } from '../../../shared/api/schema.gen.ts';
import type { ProgramType } from '../../../shared/lib/earning.ts';
import type { Range } from './numbers.ts';

type Schemas = components['schemas'];
export type NewProgram = Schemas['CreateLoyaltyProgramRequest'];

export const STEPS = ['type', 'name', 'rules', 'look', 'open'] as const;
export type Step = (typeof STEPS)[number];

export const nextOf = (step: Step): Step => STEPS[STEPS.indexOf(step) + 1] ?? 'open';
export const laterOf = (one: Step, other: Step): Step => (STEPS.indexOf(one) < STEPS.indexOf(other) ? other : one);
export const stepBefore = (step: Step): Step | undefined => STEPS[STEPS.indexOf(step) - 1];

export type NumberName = 'requiredStamps' | 'pointsPerEuro' | 'cashbackPercentage' | 'pointsPerCheckin' | 'rewardCost';

export const RANGES: Readonly<Record<NumberName | 'minPoints', Range>> = {
  requiredStamps: { digits: 0, min: 1, max: 1_000 },
  pointsPerEuro: { digits: 4, min: 0.0001, max: 100_000 },
  cashbackPercentage: { digits: 2, min: 0.01, max: 100, isPercent: true },
  pointsPerCheckin: { digits: 0, min: 1, max: 1_000_000 },
  rewardCost: { digits: 0, min: 1, max: 10_000_000 },
  minPoints: { digits: 0, min: 0, max: 10_000_000 },
};

/** A level as it is typed: its name, and from how many points it is reached. */
export interface Level {
  readonly name: string;
  readonly from: string;
}

/** The texts of the API's new program; numbers are as they were typed. */
export interface Draft extends Pick<NewProgram, 'programName'> {
  /** Made once: the same draft is never made into two programs. */
  readonly draftId: string;
  /** The last step that was opened. */
  readonly furthest: Step;
  readonly programType: ProgramType | null;
  readonly description: NonNullable<NewProgram['description']>;
  readonly numbers: Readonly<Record<NumberName, string>>;
  readonly levels: readonly Level[];
  /** Whether a visit without a purchase brings something: only if somebody has chosen it. */
  readonly hasVisits: boolean;
  /** The name of the first reward, or what a full card brings; empty without one. */
  readonly reward: string;
  readonly color: string;
  readonly logo: string;
}

export const NUMBERS_FIRST: Draft['numbers'] = {
  requiredStamps: '10',
  pointsPerEuro: '1',
  cashbackPercentage: '3',
  pointsPerCheckin: '1',
  rewardCost: '100',
};

export const COLOR_FIRST = '#1d5fbf';

export function newDraft(draftId: string, levelNames: readonly [string, string, string]): Draft {
  const [first, second, third] = levelNames;
  return {
    draftId,
    furthest: 'type',
    programType: null,
    programName: '',
    description: '',
    numbers: NUMBERS_FIRST,
    levels: [
      { name: first, from: '0' },
      { name: second, from: '500' },
      { name: third, from: '1500' },
    ],
    hasVisits: false,
    reward: '',
    color: COLOR_FIRST,
    logo: '',
  };
}

/** The cost that the field of the reward shows, if the type has one. */
export const hasCost = (type: ProgramType | null): boolean => type === 'points' || type === 'tier';
