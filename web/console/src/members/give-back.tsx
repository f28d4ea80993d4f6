/** Give back what a redemption has spent, if its reward was not handed out. It says first how that stands. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { moment } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { isOurRewardCode } from '../../../shared/lib/which-code.ts';
import type { Program } from '../store.ts';
import { Field } from '../ui/field.tsx';
import { useIntention } from '../ui/use-intention.ts';
import { amount, t } from '../words.ts';
import { NotDone } from './not-done.tsx';

type Redemption = components['schemas']['Redemption'];

interface Props {
  readonly userId: string;
  readonly program: Program;
  /** The entry of the redemption. */
  readonly entryId: string;
  readonly onDone: (sentence: string) => void;
  readonly onRefused: () => void;
}

export function GiveBack({ userId, program, entryId, onDone, onRefused }: Props) {
  const [found, setFound] = useState<Redemption>();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const { isBusy, error, clear, run } = useAction();
  const carryOut = useIntention();
  const words = t().member;
  const named = { programId: program.programId, userId, redemptionId: entryId };

  function look(): void {
    run(async () => {
      const answer = await ask((api, signal) => api.POST('/getRedemption', { body: named, signal }));
      setFound(answer.redemption);
    });
  }

  function submit(event: Event): void {
    event.preventDefault();
    setProblem(reason.trim() ? '' : words.reasonEmpty);
    if (!reason.trim()) return;
    const body = { ...named, reason: reason.trim() };
    run(async () => {
      const answer = await carryOut(body, (key) =>
        ask((api, signal) =>
          api.POST('/cancelRedemption', { body, headers: { 'Idempotency-Key': key }, signal }),
        ),
      );
      const { pointsReturned, pointsCollected, newBalance } = answer;
      const sentences = [
        words.backOnCard(amount(pointsReturned, program)),
        pointsCollected > 0 && words.collected(amount(pointsCollected, program)),
        words.balanceNow(amount(newBalance, program)),
      ];
      onDone(sentences.filter(Boolean).join(' '));
    });
  }

  function leave(): void {
    setFound(undefined);
    clear();
  }

  if (!found) {
    return (
      <>
        <button type="button" class="plain" aria-disabled={isBusy} onClick={look}>
          {words.giveBack}
        </button>
        <NotDone error={error} />
      </>
    );
  }
  const isOpen = found.status === 'redeemed';
  if (!isOpen) return <p class="quiet whole">{stateOf(found, program)}</p>;
  return (
    <form class="stack asked" aria-label={words.giveBack} noValidate onSubmit={submit}>
      <p>{stateOf(found, program)}</p>
      {found.rewardCode && <p class="quiet">{codeAfter(found.rewardCode)}</p>}
      <Field
        label={words.reason}
        hint={words.reasonHint}
        problem={problem}
        value={reason}
        onInput={setReason}
        isText
      />
      <NotDone error={error} onRefused={onRefused} />
      <div class="row start">
        <button type="submit" aria-disabled={isBusy}>
          {words.giveBackNow}
        </button>
        <button type="button" class="plain" onClick={leave}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}

/** A code of somebody else's, such as a cinema's, goes on working there: only they can end it. */
const codeAfter = (code: string): string =>
  isOurRewardCode(code) ? t().member.codeEnds(code) : t().member.codeElsewhere(code);

function stateOf(found: Redemption, program: Program): string {
  const words = t().member;
  const { status, usedAt, cancelledAt, points } = found;
  if (status === 'used') return words.handedOut(usedAt ? moment(new Date(usedAt)) : '');
  if (status === 'cancelled') return words.cancelledOn(cancelledAt ? moment(new Date(cancelledAt)) : '');
  return words.giveBackAsk(amount(points, program), found.rewardDescription);
}
