/** Which rewards a customer at the counter can have, and what is missing for the next one: to be given at once. */

import { useRef, useState } from 'preact/hooks';
import { ask, isUnknown } from '../../../shared/api/client.ts';
import { counted } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { isOurRewardCode } from '../../../shared/lib/which-code.ts';
import { sentenceOf as problemOf } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { may, store } from '../access.ts';
import type { Program } from '../store.ts';
import { useIntention } from '../ui/use-intention.ts';
import { amount, t } from '../words.ts';
import { handOut } from './hand-out.ts';
import { HandOutUndo } from './hand-out-undo.tsx';
import { isOf, sentenceOf, undoUntil, type HandOut } from './hand-outs.ts';
import { needsCode, type Offer } from './standing.ts';

interface Props {
  readonly userId: string;
  /** The code on the card, if it was shown. */
  readonly code: string | undefined;
  readonly program: Program;
  readonly offers: readonly Offer[];
  readonly name: string;
  /** What was handed out last, to whomever. */
  readonly handOut: HandOut | undefined;
  /** Something was handed out, or taken back: the balance is another one. */
  readonly onHandOut: (handOut: HandOut) => void;
}

interface Paid {
  readonly rewardId: string;
  readonly redemptionId: string;
  readonly code: string;
  readonly key: string;
  readonly balance: number;
}

const SHOWN_MAX = 3;

export function RewardsFor({ userId, code, program, offers, name, handOut: last, onHandOut }: Props) {
  const [problem, setProblem] = useState('');
  const [isAll, setAll] = useState(false);
  /** What is paid and not handed out yet, as that got no answer: it is not paid twice. */
  const paid = useRef<Paid | undefined>(undefined);
  const carryOut = useIntention();
  const { isBusy, run } = useAction();
  const words = t().till.rewards;
  const ids = { programId: program.programId, userId };
  const reached = offers.filter((each) => each.forMember?.canRedeem);
  const next = offers.findLast((each) => missingOf(each) > 0);
  const isCodeMissing = needsCode() && !code;
  const given = last?.way === 'here' && isOf(last, userId, program.programId) ? last : undefined;
  const said = given ? sentenceOf(given) : '';

  function give(offer: Offer): void {
    const storeId = store.value?.storeId;
    if (!storeId) return;
    setProblem('');
    run(async () => {
      try {
        const { code: rewardCode, key, balance, redemptionId } =
          paid.current?.rewardId === offer.rewardId ? paid.current : await buy(offer);
        const { title, requiredPoints: points } = offer;
        const isOurs = isOurRewardCode(rewardCode);
        if (isOurs) {
          const headers = { 'Idempotency-Key': `use-${key}` };
          const body = { storeId, rewardCode };
          await ask((api, signal) => api.POST('/useRewardCode', { body, headers, signal }));
        }
        paid.current = undefined;
        const what = isOurs ? handOut(title, program, offer) : words.giveCode(rewardCode, title);
        const said = `${what} ${words.left(amount(balance, program))}`;
        onHandOut({ ...ids, redemptionId, title, points, said, name, way: 'here', until: undoUntil(rewardCode) });
      } catch (error) {
        setProblem(isUnknown(error) ? t().till.rewardUnknown : problemOf(error));
      }
    });
  }

  function buy({ rewardId, requiredPoints: points }: Offer) {
    const body = { ...ids, rewardId, points, ...(code && { memberCode: code }) };
    return carryOut(body, async (key) => {
      const headers = { 'Idempotency-Key': key };
      const answer = await ask((api, signal) => api.POST('/redeemLoyaltyPoints', { body, headers, signal }));
      if (answer.rewardCode === null) throw new Error('a reward has a code');
      const { rewardCode, redemptionId, newBalance: balance } = answer;
      paid.current = { rewardId, redemptionId, code: rewardCode, key, balance };
      return paid.current;
    });
  }

  /** After one was handed out, what is left is said in other words: nobody takes it for the same. */
  function sentenceFor(offer: Offer): string {
    if (given && !given.undone) return words.enoughLeft(offer.title);
    return isFull(program, offer) ? words.full(offer.title) : words.enough(offer.title);
  }

  return (
    <div class="stack rewards-for" aria-busy={isBusy}>
      <p class={said ? 'large' : 'for-readers'} role="status">
        {said}
      </p>
      {given && <HandOutUndo handOut={given} onUndone={onHandOut} key={given.redemptionId} />}
      {reached.slice(0, isAll ? undefined : SHOWN_MAX).map((offer) => (
        <div class="line reached" key={offer.rewardId}>
          <p class={said ? '' : 'large'}>{sentenceFor(offer)}</p>
          {isCodeMissing && <p class="quiet">{words.scan}</p>}
          {!isCodeMissing && may('redeemLoyaltyPoints', 'useRewardCode') && (
            <Sure
              question={words.sure(amount(offer.requiredPoints, program), offer.title)}
              yes={words.yes}
              act={() => give(offer)}
              isBusy={isBusy}
              {...(given && !given.undone && { look: 'plain' as const })}
            >
              {words.give(amount(offer.requiredPoints, program))}
            </Sure>
          )}
        </div>
      ))}
      {!isAll && reached.length > SHOWN_MAX && (
        <div>
          <button type="button" class="plain" onClick={() => setAll(true)}>
            {counted(reached.length - SHOWN_MAX, words.more)}
          </button>
        </div>
      )}
      {reached.length === 0 && next && (
        <p class="quiet">{words.missing(amount(missingOf(next), program), next.title)}</p>
      )}
      <p class="problem" role="alert">
        {problem}
      </p>
    </div>
  );
}

/** What is missing of the balance, if nothing else is in the way. */
function missingOf({ forMember }: Offer): number {
  const isOnlyBalance = forMember?.reasons.every((each) => each === 'INSUFFICIENT_BALANCE');
  return forMember && isOnlyBalance ? forMember.missingPoints : 0;
}

/** Whether a stamp card is full: the reward takes all of its fields. */
const isFull = ({ rules }: Program, { requiredPoints }: Offer): boolean =>
  rules?.requiredStamps !== undefined && requiredPoints >= rules.requiredStamps;
