/** One field of a form: it owns the ids that tie label, hint and problem to the input. */

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

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
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode={mode}
        autoComplete="off"
        autoCapitalize={isText ? 'sentences' : 'none'}
        spellcheck={isText ?? false}
        data-first={isFirst || problem ? '' : undefined}
        value={value}
        aria-invalid={problem ? true : undefined}
        aria-describedby={`${id}-hint ${id}-problem`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class="quiet">
        {hint}
      </p>
      {children}
      <p id={`${id}-problem`} class="problem" role="alert">
        {problem}
      </p>
    </div>
  );
}
