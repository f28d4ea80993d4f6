/** A reward: what it costs, what is missing for it, and the button that gets it at the price beside it. */

import { useState } from 'preact/hooks';
import { ask, idempotencyKey } from '../../../shared/api/client.ts';
import { hasTier, isSuspended, toUnits, type Hold, type Membership, type ProgramCard, type Reward } from '../../../shared/card/model.ts';
import { missingFor, standingOf } from '../../../shared/card/standing.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { isRefused } from '../refused.ts';
import { amount, lastDay, t } from '../words.ts';
import { ShopReward } from './shop-reward.tsx';

interface Props {
  readonly card: ProgramCard;
  readonly membership: Membership;
  readonly zone: string | undefined;
  readonly now: Date;
  readonly reward: Reward;
  readonly isReserved: boolean;
  readonly onReserved: (hold: Hold) => void;
  readonly reread: () => void;
}

export function Offer({ card, membership, zone, now, reward, isReserved, onReserved, reread }: Props) {
  const action = useAction();
  const [key, setKey] = useState(idempotencyKey);
  const cost = toUnits(reward.requiredPoints, membership.scale);
  const standing = standingOf(membership, now);
  const missing = missingFor(cost, standing);
  const show = (units: number): string => amount(units, card, membership.scale);

  /** It is refused unless it costs what stands beside the button, whatever the merchant has changed. */
  async function reserve(): Promise<void> {
    const body = { programId: card.programId, rewardId: reward.rewardId, userId: ownId(), points: Number(reward.requiredPoints) };
    const headers = { 'Idempotency-Key': key };
    const held = await ask((api, signal) => api.POST('/reserveLoyaltyPoints', { body, headers, signal }));
    onReserved({
      reservationId: held.reservationId,
      lots: [{ units: cost, expiresAt: null }],
      endsAt: held.expiresAt,
      rewardId: held.rewardId,
      rewardCode: held.rewardCode,
    });
    setKey(idempotencyKey());
  }

  function get(how: () => Promise<void>): void {
    action.run(async () => {
      try {
        await how();
      } catch (error) {
        if (isRefused(error)) reread();
        throw error;
      }
    });
  }

  return (
    <>
      <div class="row">
        <h3>{reward.title}</h3>
        <p>{show(cost)}</p>
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
          <p>{t().rewards.missing(show(missing))}</p>
        </>
      ) : isSuspended(membership) || !hasTier(card, membership, reward.requiredTier) ? null : reward.isForShop || reward.type === 'voucher' ? (
        <ShopReward card={card} reward={reward} cost={show(cost)} isBusy={action.isBusy} get={get} />
      ) : (
        <button type="button" aria-disabled={action.isBusy} onClick={() => get(reserve)}>
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
