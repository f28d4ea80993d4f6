/** Rewards: what is missing for each; and one that is reserved, with its code, until it is used. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, idempotencyKey } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Qr } from '../../../shared/ui/qr.tsx';
import {
  hasTier,
  isOffered,
  isSuspended,
  openHolds,
  time,
  toUnits,
  type Hold,
  type Membership,
  type ProgramCard,
  type Reward,
} from '../../../shared/card/model.ts';
import { lackOf, missingFor, standingOf, unitsOf } from '../../../shared/card/standing.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { amount, hour, lastDay, t } from '../words.ts';
import { ShopReward } from './shop-reward.tsx';

interface Props {
  readonly card: ProgramCard;
  readonly membership: Membership;
}

interface Zoned {
  /** Of the store, by whose clock a reward ends. */
  readonly zone: string | undefined;
}

/** `hasEnded`: nobody collects any more, so what is not there yet is out of reach. */
export function Rewards({ card, membership, zone, hasEnded }: Props & Zoned & { readonly hasEnded: boolean }) {
  const [reserved, setReserved] = useState<Hold | null>(null);
  const now = new Date();
  const standing = standingOf(membership, now);
  const isInReach = (each: Reward): boolean => missingFor(toUnits(each.requiredPoints, membership.scale), standing) === 0;
  const offered = card.rewards.filter((each) => isOffered(each, now) && (!hasEnded || isInReach(each)));
  const holds = openHolds(membership, now).filter((each) => each.rewardCode !== null);
  const known = holds.some((each) => each.reservationId === reserved?.reservationId);
  useEffect(() => {
    if (known) setReserved(null); // From now on the membership says whether it is used.
  }, [known]);
  const shown = reserved && !known && time(reserved.endsAt) > now ? [reserved, ...holds] : holds;
  // Cashback pays at the till, and needs none.
  if ((card.programType === 'cashback' || hasEnded) && offered.length === 0 && shown.length === 0) return null;

  return (
    <section class="stack">
      <h2>{t().rewards.title}</h2>
      {offered.length === 0 && !hasEnded && <p class="quiet">{t().rewards.none}</p>}
      {shown.map((hold) => (
        <Reserved
          key={hold.reservationId}
          card={card}
          membership={membership}
          hold={hold}
          isNew={hold.reservationId === reserved?.reservationId}
          onReleased={() => setReserved(null)}
        />
      ))}
      <ul class="plain-list">
        {offered.map((reward) => (
          <li key={reward.rewardId} class="panel">
            <Offer
              card={card}
              membership={membership}
              reward={reward}
              zone={zone}
              isReserved={shown.some((hold) => hold.rewardId === reward.rewardId)}
              onReserved={setReserved}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface OfferProps extends Props, Zoned {
  readonly reward: Reward;
  readonly isReserved: boolean;
  readonly onReserved: (hold: Hold) => void;
}

function Offer({ card, membership, zone, reward, isReserved, onReserved }: OfferProps) {
  const action = useAction();
  const [key, setKey] = useState(idempotencyKey);
  const cost = toUnits(reward.requiredPoints, membership.scale);
  const standing = standingOf(membership, new Date());
  const missing = missingFor(cost, standing);

  async function reserve(): Promise<void> {
    const body = { programId: card.programId, rewardId: reward.rewardId, userId: ownId() };
    const headers = { 'Idempotency-Key': key };
    const held = await ask((api, signal) =>
      api.POST('/reserveLoyaltyPoints', { body, headers, signal }),
    );
    onReserved({
      reservationId: held.reservationId,
      lots: [{ units: cost, expiresAt: null }],
      endsAt: held.expiresAt,
      rewardId: held.rewardId,
      rewardCode: held.rewardCode,
    });
    setKey(idempotencyKey());
  }

  return (
    <>
      <div class="row">
        <h3>{reward.title}</h3>
        <p>{amount(cost, card, membership.scale)}</p>
      </div>
      {reward.description && <p class="quiet">{reward.description}</p>}
      {reward.isForShop && <p class="quiet">{t().rewards.inShop}</p>}
      {reward.validUntil && <p class="quiet">{t().campaigns.until(lastDay(reward.validUntil, zone))}</p>}
      {reward.requiredTier && <p class="quiet">{t().rewards.needsTier(reward.requiredTier)}</p>}
      {isReserved ? (
        <p>{t().rewards.reserved}</p>
      ) : missing > 0 ? (
        <>
          <Progress share={Math.min(standing.free / cost, 1)} />
          <p>{t().rewards.missing(amount(missing, card, membership.scale))}</p>
        </>
      ) : isSuspended(membership) || !hasTier(card, membership, reward.requiredTier) ? null : reward.isForShop || reward.type === 'voucher' ? (
        <ShopReward card={card} reward={reward} cost={amount(cost, card, membership.scale)} action={action} />
      ) : (
        <button type="button" aria-disabled={action.isBusy} onClick={() => action.run(reserve)}>
          {t().rewards.get}
          <span class="for-readers"> {reward.title}</span>
        </button>
      )}
      {action.error !== undefined && <Failed error={action.error} />}
    </>
  );
}

function Progress({ share }: { readonly share: number }) {
  return (
    <div class="bar" aria-hidden="true">
      <span ref={(each) => each?.style.setProperty('width', `${Math.round(share * 100)}%`)} />
    </div>
  );
}

interface ReservedProps extends Props {
  readonly hold: Hold;
  /** The person has just reserved it. */
  readonly isNew: boolean;
  readonly onReleased: () => void;
}

function Reserved({ card, membership, hold, isNew, onReleased }: ReservedProps) {
  const action = useAction();
  async function release(): Promise<void> {
    const body = { programId: card.programId, reservationId: hold.reservationId, userId: ownId() };
    await ask((api, signal) => api.POST('/voidLoyaltyRedemption', { body, signal }));
    onReleased();
  }

  const own = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Who has just asked for it stands at the end of a list, perhaps, and sees nothing of it.
    if (isNew) own.current?.scrollIntoView({ block: 'center' });
  }, [isNew]);

  const words = t().rewards;
  const code = hold.rewardCode ?? '';
  const reward = card.rewards.find((each) => each.rewardId === hold.rewardId);
  const lack = lackOf(hold, membership, new Date());
  // A till refuses the code of what is not whole any more; that of an online shop is there once it is bought.
  const hasCode = lack === 0 && !reward?.isForShop;
  const show = (units: number): string => amount(units, card, membership.scale);
  return (
    <div class="code" role="group" aria-label={words.hold} ref={own}>
      {reward && <h3>{reward.title}</h3>}
      <p>{lack > 0 ? words.notNow : reward?.isForShop ? words.inShop : words.hold}</p>
      {hasCode && (
        <>
          <Qr text={code} label={words.hold} />
          <p class="text">{code}</p>
        </>
      )}
      {lack > 0 && <p>{words.lacks(show(lack))}</p>}
      <p class="quiet center">{words.until(hour(time(hold.endsAt)), show(unitsOf(hold) - lack))}</p>
      <button type="button" class="secondary" aria-disabled={action.isBusy} onClick={() => action.run(release)}>
        {words.release}
      </button>
      {action.error !== undefined && <Failed error={action.error} />}
    </div>
  );
}
