/** The levels of a program as its form has them, and back. Pure. */

import type { components } from '../../../../shared/api/schema.gen.ts';
import { isColor } from '../../../../shared/lib/contrast.ts';
import { RANGES, type Level } from '../draft.ts';
import { faultsOfLevels, type Fault, type Faults } from '../faults.ts';
import { faultOfLines, linesOf } from '../form/fields.ts';
import { readNumber, typedAs, type Range } from '../numbers.ts';

export type Tier = components['schemas']['Tier'];

/** A level as it is typed. */
export interface EditedLevel extends Level {
  readonly factor: string;
  /** One on each line. */
  readonly benefits: string;
  readonly color: string;
  /** Whether nobody who has it falls below. */
  readonly isKept: boolean;
}

export const FACTOR_RANGE: Range = { digits: 4, min: 0.0001, max: 100 };
/** How many there may be. */
export const BENEFITS: Range = { digits: 0, min: 0, max: 10 };
const BENEFIT_CHARS_MAX = 100;

export const NEW_LEVEL: EditedLevel = { name: '', from: '', factor: '', benefits: '', color: '', isKept: false };

export const levelsOf = (tiers: readonly Tier[], locale: string): EditedLevel[] =>
  tiers.map(({ name, minPoints, multiplier, benefits, color, neverDowngrade }) => ({
    name,
    from: String(minPoints),
    factor: typedAs(multiplier, locale),
    benefits: (benefits ?? []).join('\n'),
    color: color ?? '',
    isKept: neverDowngrade ?? false,
  }));

export function faultsOfTiers(levels: readonly EditedLevel[], locale: string): Faults {
  const faults: Record<string, Fault | undefined> = { ...faultsOfLevels(levels, locale) };
  levels.forEach(({ factor, benefits, color }, index) => {
    const read = factor.trim() === '' ? null : readNumber(factor, locale, FACTOR_RANGE);
    faults[`levels.${index}.factor`] = read && 'doubt' in read ? read.doubt : undefined;
    faults[`levels.${index}.benefits`] = faultOfLines(benefits, { most: BENEFITS.max, max: BENEFIT_CHARS_MAX });
    faults[`levels.${index}.color`] = color.trim() === '' || isColor(color.trim()) ? undefined : 'color';
  });
  return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault !== undefined)) as Faults;
}

export function tiersFrom(levels: readonly EditedLevel[], locale: string): Tier[] {
  return levels.map(({ name, from, factor, benefits, color, isKept }) => {
    const least = readNumber(from, locale, RANGES.minPoints);
    const times = readNumber(factor, locale, FACTOR_RANGE);
    return {
      name: name.trim(),
      minPoints: 'value' in least ? least.value : 0,
      multiplier: 'value' in times ? times.value : null,
      benefits: linesOf(benefits),
      color: color.trim() || null,
      neverDowngrade: isKept,
    };
  });
}
