/** Asks once before an amount is booked that is far above what this till books. */

import { useEffect, useRef } from 'preact/hooks';
import { t } from '../words.ts';

interface Props {
  /** As people read it. */
  readonly amount: string;
  readonly isBusy: boolean;
  readonly onYes: () => void;
  readonly onChange: () => void;
}

export function UnusualAmount({ amount, isBusy, onYes, onChange }: Props) {
  const words = t().till.unusual;
  const change = useRef<HTMLButtonElement>(null);
  // Who presses Enter twice is back at the amount, and has booked nothing.
  useEffect(() => change.current?.focus(), []);
  return (
    <div class="stack" role="group" aria-label={words.question(amount)}>
      <p class="large" role="alert">
        {words.question(amount)}
      </p>
      <div class="line">
        <button type="button" onClick={onChange} ref={change}>
          {words.change}
        </button>
        <button type="button" class="secondary" aria-disabled={isBusy} onClick={onYes}>
          {words.yes(amount)}
        </button>
      </div>
    </div>
  );
}
