import { Field } from '../../ui/field.tsx';
import { textOf } from '../fault-text.ts';
import { p } from '../words.ts';
import type { StepProps } from './step.ts';

export function NameStep({ draft, faults, onChange }: StepProps) {
  const words = p().wizard.name;
  return (
    <>
      <Field
        label={words.name}
        hint={words.nameHint}
        problem={textOf(faults['programName'])}
        value={draft.programName}
        onInput={(programName) => onChange({ programName })}
        isText
      />
      <Field
        label={words.description}
        hint={words.descriptionHint}
        problem={textOf(faults['description'])}
        value={draft.description}
        onInput={(description) => onChange({ description })}
        isText
      />
    </>
  );
}
