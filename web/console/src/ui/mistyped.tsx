/** Asks once before something is booked that may be mistyped. */

import { useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  readonly question: string;
  /** What the question is about, if that is more than it says. */
  readonly note?: string;
  readonly yes: string;
  readonly change: string;
  readonly isBusy: boolean;
  readonly onYes: () => void;
  readonly onChange: () => void;
}

export function Mistyped({ question, note, yes, change, isBusy, onYes, onChange }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  // Who presses Enter twice is back at the amount, and has booked nothing.
  useLayoutEffect(() => button.current?.focus(), []);
  return (
    <div class="stack" role="group" aria-label={question}>
      <p class="large" role="alert">
        {question}
      </p>
      {note !== undefined && <p>{note}</p>}
      <div class="line">
        <button type="button" onClick={onChange} ref={button}>
          {change}
        </button>
        <button type="button" class="secondary" aria-disabled={isBusy} onClick={onYes}>
          {yes}
        </button>
      </div>
    </div>
  );
}
