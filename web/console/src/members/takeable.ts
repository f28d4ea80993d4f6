/** What of a booking can be taken back, before it is asked for: the API decides, and this says what it will do. Pure. */

import type { components } from '../../../shared/api/schema.gen.ts';

/** The rules of a program that the profile of its store does not have. */
export type CardRules = Pick<components['schemas']['Program'], 'refundPolicy' | 'transfers'>;

export interface Takeable {
  readonly taken: number;
  /** What stays on the card then; it may be below zero. */
  readonly stays: number;
  /** What cannot be taken. */
  readonly missing: number;
}

/** `digits` are the decimals of the program's unit: sums of money are exact. */
export function takeableOf(points: number, balance: number, policy: CardRules['refundPolicy'], digits: number): Takeable {
  const exact = (value: number): number => Number(value.toFixed(digits));
  const within = policy === 'only_pending' ? 0 : Math.min(points, Math.max(balance, 0));
  const taken = policy === 'unlimited' ? points : within;
  return { taken: exact(taken), stays: exact(balance - taken), missing: exact(points - taken) };
}
