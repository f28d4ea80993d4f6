/** Asks once before an amount is booked that is far above what this till books. */

import { useLayoutEffect, useRef } from 'preact/hooks';
import { counted, exactMoney } from '../../../shared/i18n/format.ts';
import { digitsOf } from '../../../shared/lib/amount.ts';
import type { Program } from '../store.ts';
import { t } from '../words.ts';
import type { Bought } from './bookings.ts';

interface Props {
  readonly bought: Bought;
  readonly program: Program;
  readonly isBusy: boolean;
  readonly onYes: () => void;
  readonly onChange: () => void;
}

export function UnusualAmount({ bought, program, isBusy, onYes, onChange }: Props) {
  const words = 'count' in bought ? t().till.unusual.ofCount : t().till.unusual;
  const amount =
    'count' in bought
      ? counted(bought.count, t().till.count.sale)
      : exactMoney(bought.minor / 10 ** digitsOf(program.currency), program.currency);
  const change = useRef<HTMLButtonElement>(null);
  // Who presses Enter twice is back at the amount, and has booked nothing.
  useLayoutEffect(() => change.current?.focus(), []);
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
