/** What a card brings, for who thinks of getting it. */

import { isOffered, type ProgramCard, type Reward } from './model.ts';

/** Return the rewards that exactly a full card of stamps buys; none of other programs. */
export const prizesOfFullCard = (card: ProgramCard, now: Date): readonly Reward[] =>
  offeredOf(card, now).filter((each) => Number(each.requiredPoints) === card.rules.requiredStamps);

/** Return the reward that costs least, if possible one that needs no level. */
export function nearestPrize(card: ProgramCard, now: Date): Reward | undefined {
  const offered = offeredOf(card, now);
  return offered.find((each) => each.requiredTier === null) ?? offered[0];
}

const offeredOf = (card: ProgramCard, now: Date): readonly Reward[] =>
  card.rewards
    .filter((each) => isOffered(each, now))
    .sort((one, other) => Number(one.requiredPoints) - Number(other.requiredPoints));
