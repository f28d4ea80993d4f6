/**
 * What a card says a member has, decided in this one place.
 *
 * Free is what can be spent now, and never below zero. What is reserved is said beside it, and so is
 * what is owed: what came back after it was spent, which the next booking pays off. Together they are
 * the balance of the API: `free + reserved - owed`.
 */

import { balanceOf, openHolds, type Hold, type Membership } from './model.ts';

/** All in units, and none below zero. */
export interface Standing {
  readonly free: number;
  readonly reserved: number;
  readonly owed: number;
}

export function standingOf(membership: Membership, now: Date): Standing {
  const balance = balanceOf(membership, now);
  const have = Math.max(balance, 0);
  const held = openHolds(membership, now).reduce((units, hold) => units + unitsOf(hold), 0);
  // What a shop takes back may be reserved: then less is reserved than was asked for.
  const reserved = Math.min(held, have);
  return { free: have - reserved, reserved, owed: Math.max(-balance, 0) };
}

/** What has to be collected for something that costs `cost`. */
export const missingFor = (cost: number, { free, owed }: Standing): number => Math.max(cost - free + owed, 0);

/** What a reservation lacks since something was taken back: then its code is refused. */
export function lackOf(hold: Hold, membership: Membership, now: Date): number {
  return Math.max(unitsOf(hold) - Math.max(balanceOf(membership, now), 0), 0);
}

export const unitsOf = (hold: Hold): number => hold.lots.reduce((units, lot) => units + lot.units, 0);

export interface Stamps {
  /** At most as many as fill the card. */
  readonly drawn: number;
  /** What was collected beyond a full card. */
  readonly more: number;
}

/** Return what a card for `needed` stamps shows: it fills, and never has more than fill it. */
export function stampsOf({ free }: Standing, needed: number): Stamps {
  return { drawn: Math.min(free, needed), more: Math.max(free - needed, 0) };
}
