/** All of the draft once more, each with the way back to its step. */

import { p } from '../words.ts';
import { addressOf } from '../stepper.tsx';
import type { Step } from '../draft.ts';
import type { StepProps } from './step.ts';

export function Summary({ draft, sentences }: Pick<StepProps, 'draft'> & { readonly sentences: readonly string[] }) {
  const words = p().wizard;
  const { programType } = draft;
  return (
    <dl class="summary">
      <Part step="type">{programType && p().programs.types[programType]}</Part>
      <Part step="name">
        {draft.programName}
        {draft.description && <span class="quiet"> {draft.description}</span>}
      </Part>
      <Part step="rules">
        {sentences.map((each) => (
          <span class="sentence" key={each}>
            {each}
          </span>
        ))}
      </Part>
      <Part step="look">
        {words.open.color}: {draft.color}
        {draft.logo && <span class="sentence">{`${words.open.logo}: ${draft.logo}`}</span>}
      </Part>
    </dl>
  );
}

function Part({ step, children }: { readonly step: Step; readonly children: preact.ComponentChildren }) {
  const words = p().wizard;
  const name = words.names[step];
  return (
    <div class="part">
      <dt>{name}</dt>
      <dd>{children}</dd>
      <dd>
        <a href={addressOf(step)}>
          {p().topics.change} <span class="for-readers">{name}</span>
        </a>
      </dd>
    </div>
  );
}
