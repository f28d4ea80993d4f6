/** A field for several texts, one on each line. */

import { FieldFrame } from './field-frame.tsx';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
}

export function LinesField({ label, value, onInput, hint, problem }: Props) {
  return (
    <FieldFrame
      label={label}
      hint={hint}
      problem={problem}
      control={(tied) => (
        <textarea {...tied} rows={3} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
      )}
    />
  );
}
