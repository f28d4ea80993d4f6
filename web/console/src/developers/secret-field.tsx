/** A secret of another system, which browsers neither show nor keep. */

import { FieldFrame } from '../ui/field-frame.tsx';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly problem?: string | undefined;
  readonly onInput: (value: string) => void;
}

export function SecretField({ label, value, problem, onInput }: Props) {
  return (
    <FieldFrame
      label={label}
      hint={null}
      problem={problem}
      control={(tied) => (
        <input
          {...tied}
          type="password"
          autoComplete="new-password"
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    />
  );
}
