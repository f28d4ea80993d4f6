/** A reward of the online shop: bought at once, as only a code that is paid for is put there. */

import { useState } from 'preact/hooks';
import { ask, idempotencyKey } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import type { ProgramCard, Reward } from '../model.ts';
import { t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  readonly reward: Reward;
  /** As people read it, for the question before it is spent. */
  readonly cost: string;
  readonly onError: (error: unknown) => void;
}

/** What is bought appears among the codes of the card, and stays there until it is used. */
export function ShopReward({ card, reward, cost, onError }: Props) {
  const [key, setKey] = useState(idempotencyKey);
  const [isAsked, setAsked] = useState(false);
  const [isBusy, setBusy] = useState(false);

  async function buy(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    onError(undefined);
    const body = {
      programId: card.programId,
      userId: ownId(),
      rewardId: reward.rewardId,
      points: Number(reward.requiredPoints),
    };
    const headers = { 'Idempotency-Key': key };
    try {
      await ask((api, signal) => api.POST('/redeemLoyaltyPoints', { body, headers, signal }));
      setKey(idempotencyKey());
      setAsked(false);
    } catch (failure) {
      onError(failure);
    } finally {
      setBusy(false);
    }
  }

  if (!isAsked) {
    return (
      <button type="button" onClick={() => setAsked(true)}>
        {t().rewards.get}
        <span class="for-readers"> {reward.title}</span>
      </button>
    );
  }
  return (
    <div class="stack" role="group" aria-label={t().rewards.spend(cost)}>
      <p>{t().rewards.spend(cost)}</p>
      <div class="row">
        <button type="button" aria-disabled={isBusy} onClick={() => void buy()}>
          {t().rewards.spendYes}
        </button>
        <button type="button" class="plain" onClick={() => setAsked(false)}>
          {t().me.no}
        </button>
      </div>
    </div>
  );
}
