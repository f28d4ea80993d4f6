/** What expires and when, as `nextExpiry` of the API says it: a test compares both. */

import { owedOf, time, type Lot, type Membership } from './model.ts';

export interface Expiring {
  readonly units: number;
  readonly at: Date;
}

/**
 * Return all that expires, the first first: what does so at the same time is one. What ended
 * reservations have given back is part of it; what they hold still is not, as it may be spent.
 */
export function expiries(membership: Membership, now: Date): readonly Expiring[] {
  const ended = (membership.holds ?? []).filter((hold) => time(hold.endsAt) <= now).flatMap((hold) => hold.lots);
  const every = [...membership.lots, ...ended].sort((one, other) => expiryOf(one) - expiryOf(other));
  const units = new Map<number, number>();
  let owed = owedOf(membership);
  for (const lot of every) {
    const paid = Math.min(lot.units, owed);
    owed -= paid;
    const [left, at] = [lot.units - paid, expiryOf(lot)];
    if (left > 0 && at !== Infinity && at > now.getTime()) units.set(at, (units.get(at) ?? 0) + left);
  }
  return [...units].map(([at, each]) => ({ units: each, at: new Date(at) }));
}

const expiryOf = (lot: Lot): number => (lot.expiresAt === null ? Infinity : time(lot.expiresAt).getTime());
