/** A field of one line without a hint, of a type that browsers know. */

import { FieldFrame } from './field-frame.tsx';

export interface PlainProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly problem?: string | undefined;
}

interface Props extends PlainProps {
  readonly type: 'date' | 'password';
  readonly autoComplete: 'off' | 'new-password';
}

export function PlainField({ label, value, onInput, problem, type, autoComplete }: Props) {
  return (
    <FieldFrame
      label={label}
      hint={null}
      problem={problem}
      control={(tied) => (
        <input
          {...tied}
          type={type}
          autoComplete={autoComplete}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    />
  );
}
