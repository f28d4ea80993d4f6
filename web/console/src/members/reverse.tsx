/** Take back what a purchase has earned. It says before what that means, and after what it did. */

import { useState } from 'preact/hooks';
import { digitsOf } from '../../../shared/lib/amount.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import type { Program } from '../store.ts';
import { takeBack, type TakenBack } from '../take-back.ts';
import { amount, t } from '../words.ts';
import { useIntention } from '../ui/use-intention.ts';
import { NotDone } from './not-done.tsx';
import { takeableOf, type CardRules } from './takeable.ts';

interface Props {
  readonly userId: string;
  readonly program: Program;
  readonly entryId: string;
  /** What is left of it. */
  readonly points: number;
  /** Whether some of it was taken back before. */
  readonly isRest: boolean;
  /** What is on the card; without, it is pending, and not on the card yet. */
  readonly balance: number | undefined;
  readonly refundPolicy: CardRules['refundPolicy'] | undefined;
  readonly onDone: (sentence: string) => void;
  readonly onRefused: () => void;
}

export function Reverse({ userId, program, entryId, points, isRest, balance, refundPolicy, onDone, onRefused }: Props) {
  const [isAsked, setAsked] = useState(false);
  const { isBusy, error, run } = useAction();
  const carryOut = useIntention();
  const words = t().member;
  if (!isAsked) {
    return (
      <button type="button" class="plain" onClick={() => setAsked(true)}>
        {isRest ? words.reverseRest : words.reverse}
      </button>
    );
  }

  function reverse(): void {
    const grant = { programId: program.programId, userId, entryId };
    run(async () => {
      onDone(sentencesOf(await carryOut(grant, (key) => takeBack(grant, key)), program));
    });
  }

  return (
    <div class="stack asked" role="group" aria-label={words.reverse}>
      {questionOf({ program, points, balance, refundPolicy }).map((each) => (
        <p key={each}>{each}</p>
      ))}
      <p class="quiet">{words.reverseNote}</p>
      <NotDone error={error} onRefused={onRefused} />
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

type Asked = Pick<Props, 'program' | 'points' | 'balance' | 'refundPolicy'>;

/** What will be taken, what cannot be, and what then is on the card; where that is not known, what is asked for. */
function questionOf({ program, points, balance, refundPolicy }: Asked): string[] {
  const words = t().member;
  const write = (value: number): string => amount(value, program);
  if (balance === undefined || refundPolicy === undefined) return [words.reverseAsk(write(points))];
  const digits = program.programType === 'cashback' ? digitsOf(program.currency) : 0;
  const { taken, stays, missing } = takeableOf(points, balance, refundPolicy, digits);
  if (refundPolicy === 'only_pending') return [words.reverseAsk(write(points)), words.takesOnlyPending];
  return [
    ...(taken > 0 ? [words.reverseAsk(write(taken))] : []),
    ...(missing > 0 ? [words.takesLess(write(points), write(Math.max(balance, 0)), write(missing))] : []),
    words.thenStays(write(stays)),
  ];
}

/** What this call did: nothing, if it was done before. */
function sentencesOf(answer: TakenBack, program: Program): string {
  const words = t().member;
  const write = (value: number): string => amount(value, program);
  const { pointsReversed, pointsGivenBack, uncollectedPoints } = answer;
  if (answer.duplicate) return words.reversedBefore(write(pointsReversed));
  return [
    pointsGivenBack > 0 && words.givenBack(write(pointsGivenBack)),
    pointsReversed > 0 || uncollectedPoints === 0
      ? words.reversed(write(pointsReversed))
      : words.reversedNothing,
    uncollectedPoints > 0 && words.uncollected(write(uncollectedPoints)),
    words.balanceNow(write(answer.newBalance)),
  ]
    .filter(Boolean)
    .join(' ');
}
