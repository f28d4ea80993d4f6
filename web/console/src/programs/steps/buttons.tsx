/** How to go on from a step, and back. */

import { stepBefore, type Step } from '../draft.ts';
import { addressOf } from '../stepper.tsx';
import { p } from '../words.ts';

interface Props {
  readonly step: Step;
  readonly isBusy: boolean;
  readonly problem: string;
  readonly onCreate: (isActive: boolean) => void;
}

export function Buttons({ step, isBusy, problem, onCreate }: Props) {
  const words = p().wizard;
  const before = stepBefore(step);
  return (
    <>
      {step === 'open' && (
        <>
          <Choice name={words.open.now} note={words.open.nowNote} isBusy={isBusy} onPress={() => onCreate(true)} />
          <Choice
            name={words.open.later}
            note={words.open.laterNote}
            isBusy={isBusy}
            onPress={() => onCreate(false)}
            look="outlined"
          />
        </>
      )}
      <p class="problem" role="alert">
        {problem}
      </p>
      <div class="row">
        {before ? (
          <a class="back" href={addressOf(before)}>
            {words.back}
          </a>
        ) : (
          <span />
        )}
        {step !== 'open' && <button type="submit">{words.next}</button>}
      </div>
    </>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly note: string;
  readonly isBusy: boolean;
  readonly onPress: () => void;
  readonly look?: 'outlined';
}

function Choice({ name, note, isBusy, onPress, look }: ChoiceProps) {
  return (
    <div class="act">
      <button type="button" class={look} aria-disabled={isBusy} onClick={onPress}>
        {name}
      </button>
      <span class="quiet">{note}</span>
    </div>
  );
}
