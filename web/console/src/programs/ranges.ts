/** What numbers of a program may be: by its unit, and by its currency. */

import { digitsOf } from '../../../shared/lib/amount.ts';
import type { Range } from './numbers.ts';
import type { Program } from './program.ts';
import { p } from './words.ts';

type Unit = Pick<Program, 'programType' | 'currency'>;

const UNITS_MAX = 1_000_000;

/** What the program counts, as it stands after "in": points, stamps, or its currency. */
export function unitOf({ programType, currency }: Unit): string {
  const { points, stamps } = p().topics.units;
  if (programType === 'cashback') return currency;
  return programType === 'stamps' ? stamps : points;
}

/** An amount of that, from `min` of the smallest on. */
export function unitRange({ programType, currency }: Unit, min: 0 | 1 = 1): Range {
  const digits = programType === 'cashback' ? digitsOf(currency) : 0;
  return { digits, min: min / 10 ** digits, max: UNITS_MAX };
}

export function moneyRange({ currency }: Unit): Range {
  const digits = digitsOf(currency);
  return { digits, min: 1 / 10 ** digits, max: UNITS_MAX };
}

export const countRange = (min: number, max: number): Range => ({ digits: 0, min, max });
