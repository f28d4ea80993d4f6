/** Says of which reservations the time is over that the person has just seen: their codes are gone. */

import { useRef } from 'preact/hooks';
import { openHolds, type Hold, type Membership, type ProgramCard } from '../../../shared/card/model.ts';
import { t } from '../words.ts';
import type { Outcome } from './reserved.tsx';

interface Props {
  readonly card: ProgramCard;
  readonly membership: Membership;
  readonly now: Date;
  /** What the API has said of some of them. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

export function RanOut({ card, membership, now, outcomes }: Props) {
  const seen = useRef(new Set<string>());
  const open = openHolds(membership, now);
  for (const each of open) seen.current.add(each.reservationId);
  const isOver = (each: Hold): boolean =>
    outcomes[each.reservationId] === 'expired' || (seen.current.has(each.reservationId) && !open.includes(each));
  // What was used or given back is not there any more.
  const over = (membership.holds ?? []).filter((each) => each.rewardCode !== null && isOver(each));
  return (
    <div class={over.length > 0 ? 'panel' : 'for-readers'} role="status">
      {over.map((hold) => (
        <p key={hold.reservationId}>
          <strong>{card.rewards.find((each) => each.rewardId === hold.rewardId)?.title}</strong> {t().rewards.ranOut}
        </p>
      ))}
    </div>
  );
}
