/** All levels of a program with what each brings, and how the member keeps the own one. */

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { exactAmountOf } from '../../../shared/card/amounts.ts';
import type { Membership, ProgramCard, Tier } from '../../../shared/card/model.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { lastDay, number, t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  readonly membership: Membership;
  /** Of the store, by whose clock a level ends. */
  readonly zone: string | undefined;
}

export function Levels({ card, membership, zone }: Props) {
  const tiers = card.rules.tiers ?? [];
  if (tiers.length === 0) return null;
  const words = t().levels;
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <Keeping card={card} membership={membership} zone={zone} />
      <ul class="plain-list">
        {tiers.map((each) => (
          <li key={each.name}>
            <div class="row">
              <h3>{each.name}</h3>
              <p class="quiet">
                {each.name === membership.tier ? words.yours : words.from(exactAmountOf(each.minPoints, card))}
              </p>
            </div>
            {factorOf(each) !== 1 && <p>{words.times(number(factorOf(each)))}</p>}
            {each.benefits.length > 0 && (
              <ul class="benefits">
                {each.benefits.map((benefit) => (
                  <li key={benefit}>{benefit}</li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const factorOf = (tier: Tier): number => Number(tier.multiplier ?? 1);

interface Standing {
  readonly currentTier: string | null;
  readonly tierValidUntil: string | null;
  readonly pointsToKeepTier: number | null;
}

/** Until when the level is the member's: asked of the API, as the program's policy decides it. */
function Keeping({ card, membership, zone }: Props) {
  const [standing, setStanding] = useState<Standing>();
  const isLost = (membership.tierValidUntil ?? null) !== null;
  const { programId } = card;
  const newest = membership.recent[0]?.entryId;

  useEffect(() => {
    if (!isLost) return;
    const body = { programId, userId: ownId() };
    ask((api, signal) => api.POST('/getCustomerBalance', { body, signal })).then(
      setStanding,
      () => undefined, // Without a connection it is not said.
    );
  }, [programId, newest, isLost]);

  if (!standing?.tierValidUntil || standing.currentTier === null) return null;
  const words = t().levels;
  const missing = standing.pointsToKeepTier ?? 0;
  return (
    <p>
      {words.until(standing.currentTier, lastDay(standing.tierValidUntil, zone))}{' '}
      {missing > 0 && words.keep(exactAmountOf(missing, card))}
    </p>
  );
}
