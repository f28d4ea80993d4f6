import type { ProgramType } from '../../../../shared/lib/earning.ts';
import { Choices } from '../../ui/choices.tsx';
import { textOf } from '../fault-text.ts';
import { p } from '../words.ts';
import type { StepProps } from './step.ts';

const TYPES: readonly ProgramType[] = ['stamps', 'points', 'cashback', 'tier'];

export function TypeStep({ draft, faults, onChange }: StepProps) {
  const words = p().wizard.kind;
  return (
    <Choices
      legend={words.title}
      choices={TYPES.map((value) => ({ value, name: p().programs.types[value], note: words[value] }))}
      value={draft.programType}
      onChoose={(programType) => onChange({ programType })}
      problem={textOf(faults['programType'])}
    >
      <p class="quiet">{words.fixed}</p>
    </Choices>
  );
}
