/** Free what is reserved before it frees itself. It says first what that means for whoever has reserved it. */

import { useState } from 'preact/hooks';
import { ask, Problem } from '../../../shared/api/client.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import type { Program } from '../store.ts';
import { useIntention } from '../ui/use-intention.ts';
import { amount, t } from '../words.ts';
import { NotDone } from './not-done.tsx';
import { cancelPurchase, type OpenPurchase } from './open-purchases.ts';
import type { Reservation } from './reserved.tsx';

type Held = { readonly reservation: Reservation } | { readonly purchase: OpenPurchase };

interface Props {
  readonly userId: string;
  readonly program: Program;
  readonly held: Held;
  readonly onFreed: (sentence: string) => void;
}

/** Somebody was quicker: it is redeemed, or paid. */
const TAKEN = ['RESERVATION_CLOSED', 'CHECKOUT_STATE_CONFLICT'];

export function Free({ userId, program, held, onFreed }: Props) {
  const [isAsked, setAsked] = useState(false);
  const { isBusy, error, clear, run } = useAction();
  const carryOut = useIntention();
  const words = t().member;
  const points = amount('reservation' in held ? held.reservation.points : held.purchase.points, program);

  function free(): void {
    run(async () => {
      try {
        onFreed('reservation' in held ? await freeReservation(held.reservation) : await cancel(held.purchase));
      } catch (failure) {
        if (!(failure instanceof Problem) || !TAKEN.includes(failure.code)) throw failure;
        onFreed(words.freeTooLate); // The list is read again, so this row cannot say it.
      }
    });
  }

  async function freeReservation({ reservationId }: Reservation): Promise<string> {
    const body = { programId: program.programId, userId, reservationId };
    const { status } = await carryOut(body, (key) =>
      ask((api, signal) =>
        api.POST('/voidLoyaltyRedemption', { body, headers: { 'Idempotency-Key': key }, signal }),
      ),
    );
    return status === 'expired' ? words.freedBefore(points) : words.freed(points);
  }

  async function cancel(purchase: OpenPurchase): Promise<string> {
    await carryOut(purchase.transactionId, (key) => cancelPurchase(purchase, key));
    return words.purchaseCancelled(points);
  }

  if (!isAsked) {
    return (
      <button type="button" class="plain" onClick={() => setAsked(true)}>
        {words.free}
      </button>
    );
  }
  return (
    <div class="stack asked" role="group" aria-label={words.free}>
      <p>{words.freeAsk(points)}</p>
      <p>{whatHappens(held)}</p>
      <NotDone error={error} />
      <div class="row start">
        <button type="button" aria-disabled={isBusy} onClick={free}>
          {words.freeNow}
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => {
            setAsked(false);
            clear();
          }}
        >
          {words.cancel}
        </button>
      </div>
    </div>
  );
}

function whatHappens(held: Held): string {
  const words = t().member;
  if ('purchase' in held) return words.freePurchase;
  const { rewardId, rewardCode } = held.reservation;
  if (rewardCode !== null) return words.freeCode(rewardCode);
  return rewardId === null ? words.freeTill : words.freeReward;
}
