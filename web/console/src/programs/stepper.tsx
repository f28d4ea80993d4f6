/** Which steps there are, and which are finished: those can be opened again. */

import { locale } from '../../../shared/i18n/format.ts';
import { STEPS, type Draft, type Step } from './draft.ts';
import { isFinished, openStep } from './faults.ts';
import { p } from './words.ts';

export const addressOf = (step: Step): string => `/console/programs/new/${step}`;

export function Stepper({ draft, now }: { readonly draft: Draft; readonly now: Step }) {
  const words = p().wizard;
  return (
    <ol class="steps" aria-label={words.steps}>
      {STEPS.map((step) => {
        const isNow = step === now;
        const canGo = !isNow && openStep(draft, step, locale) === step;
        const isDone = isFinished(draft, step, locale) && canGo;
        const name = (
          <>
            {words.names[step]}
            {isDone && <span class="for-readers"> ({words.finished})</span>}
          </>
        );
        return (
          <li key={step} class={isDone ? 'done' : undefined} aria-current={isNow ? 'step' : undefined}>
            {canGo ? <a href={addressOf(step)}>{name}</a> : <span>{name}</span>}
          </li>
        );
      })}
    </ol>
  );
}
