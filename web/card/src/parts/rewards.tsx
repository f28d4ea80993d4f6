/** Rewards: what is missing for each; and those that are reserved, until they are used or have run out. */

import { useEffect, useState } from 'preact/hooks';
import { atMoment } from '../../../shared/lib/alarm.ts';
import {
  isOffered,
  openHolds,
  time,
  toUnits,
  type Hold,
  type Membership,
  type ProgramCard,
  type Reward,
} from '../../../shared/card/model.ts';
import { missingFor, standingOf } from '../../../shared/card/standing.ts';
import { timeNow } from '../use-now.ts';
import { t } from '../words.ts';
import { Offer } from './offer.tsx';
import { RanOut } from './ran-out.tsx';
import { Reserved, type Outcome } from './reserved.tsx';

interface Props {
  readonly card: ProgramCard;
  readonly membership: Membership;
  /** Of the store, by whose clock a reward ends. */
  readonly zone: string | undefined;
  readonly now: Date;
  /** Nobody collects any more, so what is not there yet is out of reach. */
  readonly hasEnded: boolean;
  /** Read the card anew: something was refused, so it is not as it is shown. */
  readonly reread: () => void;
}

export function Rewards({ card, membership, zone, now, hasEnded, reread }: Props) {
  const [reserved, setReserved] = useState<Hold | null>(null);
  const [outcomes, setOutcomes] = useState<Readonly<Record<string, Outcome>>>({});
  const standing = standingOf(membership, now);
  const isInReach = (each: Reward): boolean => missingFor(toUnits(each.requiredPoints, membership.scale), standing) === 0;
  const offered = card.rewards.filter((each) => isOffered(each, now) && (!hasEnded || isInReach(each)));
  const isOpen = (each: Hold): boolean => each.rewardCode !== null && !(each.reservationId in outcomes);
  const holds = openHolds(membership, now).filter(isOpen);
  const known = holds.some((each) => each.reservationId === reserved?.reservationId);
  useEffect(() => {
    if (known) setReserved(null); // From now on the membership says whether it is used.
    else if (reserved) return atMoment(time(reserved.endsAt).getTime(), timeNow, () => setReserved(null));
    return undefined;
  }, [known, reserved]);
  const shown = reserved && !known && isOpen(reserved) ? [reserved, ...holds] : holds;

  function end(hold: Hold, outcome: Outcome): void {
    setOutcomes((before) => ({ ...before, [hold.reservationId]: outcome }));
    if (outcome === 'expired') reread();
  }

  return (
    <>
      <RanOut card={card} membership={membership} now={now} outcomes={outcomes} />
      {/* Cashback pays at the till, and needs no rewards. */}
      {((card.programType !== 'cashback' && !hasEnded) || offered.length > 0 || shown.length > 0) && (
        <section class="stack">
          <h2>{t().rewards.title}</h2>
          {offered.length === 0 && !hasEnded && <p class="quiet">{t().rewards.none}</p>}
          {shown.map((hold) => (
            <Reserved
              key={hold.reservationId}
              card={card}
              membership={membership}
              now={now}
              hold={hold}
              isNew={hold.reservationId === reserved?.reservationId}
              onEnd={(outcome) => end(hold, outcome)}
              reread={reread}
            />
          ))}
          <ul class="plain-list">
            {offered.map((reward) => (
              <li key={reward.rewardId} class="panel">
                <Offer
                  card={card}
                  membership={membership}
                  zone={zone}
                  now={now}
                  reward={reward}
                  isReserved={shown.some((hold) => hold.rewardId === reward.rewardId)}
                  onReserved={setReserved}
                  reread={reread}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
