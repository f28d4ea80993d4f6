/** The levels of a program as its form has them, and back. Pure. */

import type { components } from '../../../../shared/api/schema.gen.ts';
import { RANGES, type Level } from '../draft.ts';
import type { Fault, Faults } from '../faults.ts';
import { readNumber, typedAs, type Range } from '../numbers.ts';

export type Tier = components['schemas']['Tier'];

/** A level, with what its form leaves as it is. */
export interface EditedLevel extends Level {
  readonly factor: string;
  readonly before: Tier | null;
}

export const FACTOR_RANGE: Range = { digits: 4, min: 0.0001, max: 100 };

export const levelsOf = (tiers: readonly Tier[], locale: string): EditedLevel[] =>
  tiers.map((before) => ({
    name: before.name,
    from: String(before.minPoints),
    factor: typedAs(before.multiplier, locale),
    before,
  }));

export function faultsOfFactors(levels: readonly EditedLevel[], locale: string): Faults {
  const faults: Record<string, Fault> = {};
  levels.forEach(({ factor }, index) => {
    const read = factor.trim() === '' ? null : readNumber(factor, locale, FACTOR_RANGE);
    if (read && 'doubt' in read) faults[`levels.${index}.factor`] = read.doubt;
  });
  return faults;
}

/** What is not asked for, such as benefits and colours, stays with its level. */
export function tiersFrom(levels: readonly EditedLevel[], locale: string): Tier[] {
  return levels.map(({ name, from, factor, before }) => {
    const least = readNumber(from, locale, RANGES.minPoints);
    const times = readNumber(factor, locale, FACTOR_RANGE);
    return {
      ...before,
      name: name.trim(),
      minPoints: 'value' in least ? least.value : 0,
      multiplier: 'value' in times ? times.value : null,
    };
  });
}
