/** A field for a day, as the browser lets people choose one. Its value is `2026-12-31`, or empty. */

import { FieldFrame } from './field-frame.tsx';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly problem?: string | undefined;
}

export function DayField({ label, value, onInput, problem }: Props) {
  return (
    <FieldFrame
      label={label}
      hint={null}
      problem={problem}
      control={(tied) => (
        <input
          {...tied}
          type="date"
          autoComplete="off"
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    />
  );
}
