/** What a card brings: for who thinks of getting it, and for who has it. */

import { hasTier, isOffered, openHolds, toUnits, type Membership, type ProgramCard, type Reward } from './model.ts';
import { missingFor, standingOf } from './standing.ts';

/** Return the rewards that exactly a full card of stamps buys; none of other programs. */
export const prizesOfFullCard = (card: ProgramCard, now: Date): readonly Reward[] =>
  offeredOf(card, now).filter((each) => Number(each.requiredPoints) === card.rules.requiredStamps);

/** Return the reward that costs least, if possible one that needs no level. */
export function nearestPrize(card: ProgramCard, now: Date): Reward | undefined {
  const offered = offeredOf(card, now);
  return offered.find((each) => each.requiredTier === null) ?? offered[0];
}

interface Reach {
  /** The dearest reward that can be had now. */
  readonly enough: Reward | undefined;
  /** The nearest one that cannot, and how many units are missing. */
  readonly next: { readonly reward: Reward; readonly missing: number } | undefined;
}

/** Return what a member can have, and what comes next: of the own level, and not what is reserved already. */
export function reachOf(card: ProgramCard, membership: Membership, now: Date): Reach {
  const reserved = new Set(openHolds(membership, now).map((each) => each.rewardId));
  const standing = standingOf(membership, now);
  const open = offeredOf(card, now)
    .filter((each) => !reserved.has(each.rewardId) && hasTier(card, membership, each.requiredTier))
    .map((reward) => ({ reward, missing: missingFor(toUnits(reward.requiredPoints, membership.scale), standing) }));
  return {
    enough: open.findLast(({ missing }) => missing === 0)?.reward,
    next: open.find(({ missing }) => missing > 0),
  };
}

const offeredOf = (card: ProgramCard, now: Date): readonly Reward[] =>
  card.rewards
    .filter((each) => isOffered(each, now))
    .sort((one, other) => Number(one.requiredPoints) - Number(other.requiredPoints));
