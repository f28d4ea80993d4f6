/** How many purchases of a stamp card are booked at once: mostly one, and nothing has to be typed. */

import type { Program } from '../store.ts';
import { FieldFrame } from '../ui/field-frame.tsx';
import { amount, t } from '../words.ts';
import { stepped } from './counting.ts';

interface Props {
  readonly program: Program;
  readonly text: string;
  readonly problem: string;
  readonly onText: (text: string) => void;
}

export function PurchaseCount({ program, text, problem, onText }: Props) {
  const words = t().till.count;
  const each = program.rules?.stampsPerPurchase ?? 1;
  return (
    <FieldFrame
      label={words.label}
      hint={words.each(amount(each, program))}
      problem={problem}
      control={(tied) => (
        <div class="line count">
          <button type="button" class="secondary" aria-label={words.less} onClick={() => onText(stepped(text, -1))}>
            −
          </button>
          {/* The screen's keyboard would cover the buttons; a scanner or a real one still types here. */}
          <input
            {...tied}
            type="text"
            inputMode="none"
            autoComplete="off"
            value={text}
            onFocus={(event) => event.currentTarget.select()}
            onInput={(event) => onText(event.currentTarget.value)}
          />
          <button type="button" class="secondary" aria-label={words.more} onClick={() => onText(stepped(text, 1))}>
            +
          </button>
        </div>
      )}
    />
  );
}
