/** A reward that is reserved: its code for the till, until when, and the way to give it back. */

import { useEffect, useRef } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { time, type Hold, type Membership, type ProgramCard } from '../../../shared/card/model.ts';
import { lackOf, unitsOf } from '../../../shared/card/standing.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Qr } from '../../../shared/ui/qr.tsx';
import { Failed } from '../../../shared/ui/status.tsx';
import { isRefused } from '../refused.ts';
import { amount, hour, t } from '../words.ts';

/** What came of giving it back: it had run out before, perhaps. */
export type Outcome = 'voided' | 'expired';

interface Props {
  readonly card: ProgramCard;
  readonly membership: Membership;
  readonly now: Date;
  readonly hold: Hold;
  /** The person has just reserved it. */
  readonly isNew: boolean;
  readonly onEnd: (outcome: Outcome) => void;
  readonly reread: () => void;
}

export function Reserved({ card, membership, now, hold, isNew, onEnd, reread }: Props) {
  const action = useAction();
  async function release(): Promise<void> {
    const body = { programId: card.programId, reservationId: hold.reservationId, userId: ownId() };
    try {
      onEnd((await ask((api, signal) => api.POST('/voidLoyaltyRedemption', { body, signal }))).status);
    } catch (error) {
      if (isRefused(error)) reread();
      throw error;
    }
  }

  const own = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Who has just asked for it stands at the end of a list, perhaps, and sees nothing of it.
    if (isNew) own.current?.scrollIntoView({ block: 'center' });
  }, [isNew]);

  const words = t().rewards;
  const code = hold.rewardCode ?? '';
  const reward = card.rewards.find((each) => each.rewardId === hold.rewardId);
  const lack = lackOf(hold, membership, now);
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
