/**
 * What a purchase earns by the rules of a program alone: as the API computes it, so that a program
 * can be shown before there is one. Exact, and rounded down once, at the end.
 */

import type { components } from '../api/schema.gen.ts';
import { digitsOf } from './amount.ts';

type Schemas = components['schemas'];
export type ProgramType = Schemas['ProgramType'];
export type Rules = Schemas['Rules'];

/** The decimals that the API takes: of rates and multipliers, and of percentages. */
const RATE_DIGITS = 4;
const PERCENT_DIGITS = 2;

/** A purchase of a member whose level multiplies what it earns; 1 without one. */
interface Purchase {
  /** In minor units of the currency, such as cents. */
  readonly minor: number;
  readonly currency: string;
  readonly multiplier?: number;
}

/** Return the stamps or points, or for cashback the minor units, that a purchase earns. */
export function earnedBy(rules: Rules, { minor, currency, multiplier = 1 }: Purchase): number {
  if (minor <= 0) return 0;
  if ('requiredStamps' in rules) return rules.stampsPerPurchase ?? 1;
  const digits = digitsOf(currency);
  const { minimumPurchase } = rules;
  if (minimumPurchase != null && BigInt(minor) < whole(minimumPurchase, digits)) return 0;
  if ('cashbackPercentage' in rules) {
    const back = (BigInt(minor) * whole(rules.cashbackPercentage, PERCENT_DIGITS)) / power(PERCENT_DIGITS + 2);
    const { maxCashbackPerTransaction: cap } = rules;
    const most = cap == null ? back : whole(cap, digits);
    return Number(back < most ? back : most);
  }
  const exact = BigInt(minor) * whole(rules.pointsPerEuro, RATE_DIGITS) * whole(multiplier, RATE_DIGITS);
  return Number(exact / power(digits + 2 * RATE_DIGITS));
}

/** A number of few decimals as a whole number of its last decimal: 1.25 with 2 is 125. */
const whole = (value: number, digits: number): bigint => BigInt(Math.round(value * 10 ** digits));
const power = (digits: number): bigint => 10n ** BigInt(digits);
