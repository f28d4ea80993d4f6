import { Field } from '../../ui/field.tsx';
import { ColorChoice } from '../color-choice.tsx';
import { textOf } from '../fault-text.ts';
import { p } from '../words.ts';
import type { StepProps } from './step.ts';

export function LookStep({ draft, faults, onChange }: StepProps) {
  const words = p().wizard.look;
  return (
    <>
      <ColorChoice value={draft.color} problem={textOf(faults['color'])} onChange={(color) => onChange({ color })} />
      <Field
        label={words.logo}
        hint={words.logoHint}
        problem={textOf(faults['logo'])}
        value={draft.logo}
        onInput={(logo) => onChange({ logo })}
      />
    </>
  );
}
