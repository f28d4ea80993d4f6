/** Rewards: what is missing for each; and one that is reserved, with its code, until it is used. */

import { useState } from 'preact/hooks';
import { ask, idempotencyKey } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { Qr } from '../../../shared/ui/qr.tsx';
import {
  availableOf,
  isOffered,
  openHolds,
  time,
  toUnits,
  type Hold,
  type Membership,
  type ProgramCard,
  type Reward,
} from '../model.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { amount, hour, t } from '../words.ts';
import { ShopReward } from './shop-reward.tsx';

interface Props {
  readonly card: ProgramCard;
  readonly membership: Membership;
}

export function Rewards({ card, membership }: Props) {
  const [reserved, setReserved] = useState<Hold | null>(null);
  const [error, setError] = useState<unknown>();
  const now = new Date();
  const offered = card.rewards.filter((each) => isOffered(each, now));
  const holds = openHolds(membership, now).filter((each) => each.rewardCode !== null);
  const known = holds.some((each) => each.reservationId === reserved?.reservationId);
  const shown = reserved && !known && time(reserved.endsAt) > now ? [reserved, ...holds] : holds;

  return (
    <section class="stack">
      <h2>{t().rewards.title}</h2>
      {offered.length === 0 && <p class="quiet">{t().rewards.none}</p>}
      {error !== undefined && <Failed error={error} />}
      {shown.map((hold) => (
        <Reserved
          key={hold.reservationId}
          hold={hold}
          isForShop={card.rewards.some((each) => each.rewardId === hold.rewardId && each.isForShop)}
          programId={card.programId}
          onError={setError}
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
              onError={setError}
              onReserved={setReserved}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface OfferProps extends Props {
  readonly reward: Reward;
  readonly onError: (error: unknown) => void;
  readonly onReserved: (hold: Hold) => void;
}

function Offer({ card, membership, reward, onError, onReserved }: OfferProps) {
  const [key, setKey] = useState(idempotencyKey);
  const [isBusy, setBusy] = useState(false);
  const cost = toUnits(reward.requiredPoints, membership.scale);
  const have = availableOf(membership, new Date());
  const missing = Math.max(cost - have, 0);

  async function reserve(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    onError(undefined);
    try {
      const held = await ask((api, signal) =>
        api.POST('/reserveLoyaltyPoints', {
          body: { programId: card.programId, rewardId: reward.rewardId, userId: ownId() },
          headers: { 'Idempotency-Key': key },
          signal,
        }),
      );
      onReserved({
        reservationId: held.reservationId,
        lots: [{ units: cost, expiresAt: null }],
        endsAt: held.expiresAt,
        rewardId: held.rewardId,
        rewardCode: held.rewardCode,
      });
      setKey(idempotencyKey());
    } catch (failure) {
      onError(failure);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <div class="row">
        <h3>{reward.title}</h3>
        <p>{amount(cost, card, membership.scale)}</p>
      </div>
      {reward.description && <p class="quiet">{reward.description}</p>}
      {reward.isForShop && <p class="quiet">{t().rewards.inShop}</p>}
      {reward.requiredTier && <p class="quiet">{t().rewards.needsTier(reward.requiredTier)}</p>}
      {missing > 0 ? (
        <>
          <Progress share={Math.max(have, 0) / cost} />
          <p>{t().rewards.missing(amount(missing, card, membership.scale))}</p>
        </>
      ) : reward.isForShop ? (
        <ShopReward card={card} reward={reward} cost={amount(cost, card, membership.scale)} onError={onError} />
      ) : (
        <button type="button" aria-disabled={isBusy} onClick={() => void reserve()}>
          {t().rewards.get}
          <span class="for-readers"> {reward.title}</span>
        </button>
      )}
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

interface ReservedProps {
  readonly hold: Hold;
  /** Then a till refuses the code, and the shop has it only once it was bought. */
  readonly isForShop: boolean;
  readonly programId: string;
  readonly onError: (error: unknown) => void;
  readonly onReleased: () => void;
}

function Reserved({ hold, isForShop, programId, onError, onReleased }: ReservedProps) {
  async function release(): Promise<void> {
    try {
      const body = { programId, reservationId: hold.reservationId, userId: ownId() };
      await ask((api, signal) => api.POST('/voidLoyaltyRedemption', { body, signal }));
      onReleased();
    } catch (failure) {
      onError(failure);
    }
  }

  const code = hold.rewardCode ?? '';
  return (
    <div class="code" role="group" aria-label={t().rewards.hold}>
      {isForShop ? (
        <h3>{t().rewards.inShop}</h3>
      ) : (
        <>
          <h3>{t().rewards.hold}</h3>
          <Qr text={code} label={t().rewards.hold} />
          <p class="text">{code}</p>
        </>
      )}
      <p>{t().rewards.until(hour(time(hold.endsAt)))}</p>
      <button type="button" onClick={() => void release()}>
        {t().rewards.release}
      </button>
    </div>
  );
}
