/** Take back what a purchase has earned. It says before what that means, and after what it did. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import type { Program } from '../store.ts';
import { amount, t } from '../words.ts';
import { NotDone } from './not-done.tsx';

type Answer = components['schemas']['ReverseLoyaltyTransactionResponse'];

interface Props {
  readonly userId: string;
  readonly program: Program;
  readonly entryId: string;
  /** What is left of it. */
  readonly points: number;
  readonly onDone: (sentence: string) => void;
}

export function Reverse({ userId, program, entryId, points, onDone }: Props) {
  const [isAsked, setAsked] = useState(false);
  const { isBusy, error, run } = useAction();
  const words = t().member;
  if (!isAsked) {
    return (
      <button type="button" class="plain" onClick={() => setAsked(true)}>
        {words.reverse}
      </button>
    );
  }

  function reverse(): void {
    // The same ids as at the till: so the two cannot take it back twice.
    const body = { programId: program.programId, userId, entryId, refundId: `undo-${entryId}` };
    run(async () => {
      const answer = await ask((api, signal) =>
        api.POST('/reverseLoyaltyTransaction', {
          body,
          headers: { 'Idempotency-Key': `undo-${userId}-${entryId}` },
          signal,
        }),
      );
      onDone(sentencesOf(answer, program));
    });
  }

  const question = words.reverseAsk(amount(points, program));
  return (
    <div class="stack asked" role="group" aria-label={words.reverse}>
      <p>{question}</p>
      <p class="quiet">{words.reverseNote}</p>
      <NotDone error={error} />
      <div class="row start">
        <button type="button" aria-disabled={isBusy} onClick={reverse}>
          {words.reverseNow}
        </button>
        <button type="button" class="plain" onClick={() => setAsked(false)}>
          {words.cancel}
        </button>
      </div>
    </div>
  );
}

function sentencesOf(answer: Answer, program: Program): string {
  const words = t().member;
  const write = (value: number): string => amount(value, program);
  return [
    words.reversed(write(answer.pointsReversed)),
    answer.pointsGivenBack > 0 && words.givenBack(write(answer.pointsGivenBack)),
    answer.uncollectedPoints > 0 && words.uncollected(write(answer.uncollectedPoints)),
    words.balanceNow(write(answer.newBalance)),
  ]
    .filter(Boolean)
    .join(' ');
}
