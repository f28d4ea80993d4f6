/** Books what was typed, after a question if that is unusual; or goes on with another customer. */

import type { Program } from '../store.ts';
import { t } from '../words.ts';
import type { Bought } from './bookings.ts';
import { UnusualAmount } from './unusual-amount.tsx';

interface Props {
  /** What is asked for before it is booked. */
  readonly asked: Bought | undefined;
  readonly program: Program;
  readonly label: string;
  readonly isBusy: boolean;
  readonly onYes: (bought: Bought) => void;
  readonly onChange: () => void;
  readonly onNext: () => void;
}

export function BookButtons({ asked, program, label, isBusy, onYes, onChange, onNext }: Props) {
  if (asked) {
    return (
      <UnusualAmount bought={asked} program={program} isBusy={isBusy} onYes={() => onYes(asked)} onChange={onChange} />
    );
  }
  return (
    <div class="line">
      <button type="submit" aria-disabled={isBusy}>
        {label}
      </button>
      <button type="button" class="plain" aria-disabled={isBusy} onClick={onNext}>
        {t().till.next}
      </button>
    </div>
  );
}
