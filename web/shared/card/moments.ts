/** When a card shows something else although nothing was booked. */

import { time, type Membership, type ProgramCard } from './model.ts';

type Moment = Date | string | null;

/** Return the next such moment after `now`, in milliseconds since 1970; `Infinity` if there is none. */
export function nextChange(card: ProgramCard, membership: Membership | undefined, now: Date): number {
  const holds = membership?.holds ?? [];
  const lots = [...(membership?.lots ?? []), ...holds.flatMap((each) => each.lots)];
  const moments: readonly Moment[] = [
    ...holds.map((each) => each.endsAt),
    ...lots.map((each) => each.expiresAt),
    ...card.rewards.flatMap((each) => [each.validFrom, each.validUntil]),
    ...card.campaigns.flatMap((each) => [each.startsAt, each.endsAt]),
  ];
  return moments.reduce((next: number, each) => {
    const at = each === null ? Infinity : time(each).getTime();
    return at > now.getTime() ? Math.min(at, next) : next;
  }, Infinity);
}
