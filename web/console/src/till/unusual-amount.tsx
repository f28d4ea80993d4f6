/** Asks once before an amount is booked that is far above what this till books. */

import { counted, exactMoney } from '../../../shared/i18n/format.ts';
import { digitsOf } from '../../../shared/lib/amount.ts';
import type { Program } from '../store.ts';
import { Mistyped } from '../ui/mistyped.tsx';
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
  return (
    <Mistyped
      question={words.question(amount)}
      yes={words.yes(amount)}
      change={words.change}
      isBusy={isBusy}
      onYes={onYes}
      onChange={onChange}
    />
  );
}
