/** Label, hint and problem of one control of a form: it owns the ids that tie them together. */

import type { ComponentChildren, VNode } from 'preact';
import { useId } from 'preact/hooks';

interface Tied {
  readonly id: string;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string;
}

interface Props {
  readonly label: string;
  /** `null`: there is never one, and no place is kept for it. */
  readonly hint: string | undefined | null;
  readonly problem: string | undefined;
  readonly control: (tied: Tied) => VNode;
  /** What stands between the hint and the problem. */
  readonly children?: ComponentChildren;
}

export function FieldFrame({ label, hint, problem, control, children }: Props) {
  const id = useId();
  const tied: Tied = {
    id,
    'aria-invalid': problem ? true : undefined,
    'aria-describedby': hint === null ? `${id}-problem` : `${id}-hint ${id}-problem`,
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {control(tied)}
      {hint !== null && (
        <p id={`${id}-hint`} class="quiet">
          {hint}
        </p>
      )}
      {children}
      <p id={`${id}-problem`} class="problem" role="alert">
        {problem}
      </p>
    </div>
  );
}
