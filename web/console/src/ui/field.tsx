/** A field for a text of one line. */

import type { ComponentChildren } from 'preact';
import { FieldFrame } from './field-frame.tsx';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  readonly mode?: 'decimal' | 'numeric';
  /** Whether the focus begins here. */
  readonly isFirst?: boolean;
  /** Whether people read what is typed here, and not machines. */
  readonly isText?: boolean;
  /** Buttons that stay where they are when a problem is told: a second tap must meet no other one. */
  readonly children?: ComponentChildren;
}

export function Field({ label, value, onInput, hint, problem, mode, isFirst, isText, children }: Props) {
  return (
    <FieldFrame
      label={label}
      hint={hint}
      problem={problem}
      control={(tied) => (
        <input
          {...tied}
          type="text"
          inputMode={mode}
          autoComplete="off"
          autoCapitalize={isText ? 'sentences' : 'none'}
          spellcheck={isText ?? false}
          data-first={isFirst || problem ? '' : undefined}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    >
      {children}
    </FieldFrame>
  );
}
