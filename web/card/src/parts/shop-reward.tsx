/** A reward of the online shop, or a voucher: bought at once, as only what is paid for has a code that is shown. */

import { useEffect, useState } from 'preact/hooks';
import { ask, idempotencyKey } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import type { ProgramCard, Reward } from '../../../shared/card/model.ts';
import { Sure } from '../../../shared/ui/sure.tsx';
import { t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  readonly reward: Reward;
  /** As people read it, for the question before it is spent. */
  readonly cost: string;
  readonly isBusy: boolean;
  /** Carry it out, and say beside the reward what was refused. */
  readonly get: (how: () => Promise<void>) => void;
}

/** What is bought appears among the codes of the card, and stays there until it is used. */
export function ShopReward({ card, reward, cost, isBusy, get }: Props) {
  const [key, setKey] = useState(idempotencyKey);
  const isLinked = useIsLinked(card, reward);

  async function buy(): Promise<void> {
    const body = {
      programId: card.programId,
      userId: ownId(),
      rewardId: reward.rewardId,
      points: Number(reward.requiredPoints),
    };
    const headers = { 'Idempotency-Key': key };
    await ask((api, signal) => api.POST('/redeemLoyaltyPoints', { body, headers, signal }));
    setKey(idempotencyKey());
  }

  if (isLinked === undefined) return null;
  if (!isLinked) return <p>{t().problem.codes[UNLINKED]}</p>;
  return (
    <Sure
      key={cost} // Who is asked for another price than a moment ago is asked anew.
      question={reward.isForShop ? t().rewards.spend(cost) : t().rewards.spendForCode(cost)}
      yes={t().rewards.spendYes}
      act={() => get(buy)}
      isBusy={isBusy}
    >
      {t().rewards.get}
      <span class="for-readers"> {reward.title}</span>
    </Sure>
  );
}

const UNLINKED = 'SHOP_CUSTOMER_REQUIRED';

/** Whether the online shop knows the person, which its rewards need: `undefined` until the API has said it. */
function useIsLinked({ programId }: ProgramCard, { rewardId, isForShop = false }: Reward): boolean | undefined {
  const [isLinked, setLinked] = useState(isForShop ? undefined : true);
  useEffect(() => {
    if (!isForShop) return;
    const body = { programId, rewardId, userId: ownId() };
    ask((api, signal) => api.POST('/getReward', { body, signal })).then(
      (found) => setLinked(!found.reward.forMember?.reasons.includes(UNLINKED)),
      () => setLinked(true), // Without an answer it is offered: the API refuses what cannot be.
    );
  }, [programId, rewardId, isForShop]);
  return isLinked;
}
