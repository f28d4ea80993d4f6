/** A reward of the online shop: bought at once, as only a code that is paid for is put there. */

import { useState } from 'preact/hooks';
import { ask, idempotencyKey } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import type { ProgramCard, Reward } from '../model.ts';
import { t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  readonly reward: Reward;
  readonly onError: (error: unknown) => void;
}

export function ShopReward({ card, reward, onError }: Props) {
  const [key, setKey] = useState(idempotencyKey);
  const [isBusy, setBusy] = useState(false);
  const [code, setCode] = useState<string | null>(null);

  async function buy(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    onError(undefined);
    try {
      const bought = await ask((api, signal) =>
        api.POST('/redeemLoyaltyPoints', {
          body: {
            programId: card.programId,
            userId: ownId(),
            rewardId: reward.rewardId,
            points: Number(reward.requiredPoints),
          },
          headers: { 'Idempotency-Key': key },
          signal,
        }),
      );
      setCode(bought.rewardCode);
      setKey(idempotencyKey());
    } catch (failure) {
      onError(failure);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <p class="quiet">{t().rewards.inShop}</p>
      {code !== null && (
        <div class="code" role="group" aria-label={t().rewards.shopCode}>
          <p>{t().rewards.shopCode}</p>
          <p class="text">{code}</p>
          <p>{t().rewards.shopNote}</p>
        </div>
      )}
      <button type="button" aria-disabled={isBusy} onClick={() => void buy()}>
        {t().rewards.get}
        <span class="for-readers"> {reward.title}</span>
      </button>
    </>
  );
}
