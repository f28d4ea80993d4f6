/** What was bought: how many times, or for how much. */

import { exactMoney } from '../../../shared/i18n/format.ts';
import { digitsOf } from '../../../shared/lib/amount.ts';
import type { Program } from '../store.ts';
import { Field } from '../ui/field.tsx';
import { t } from '../words.ts';
import { PurchaseCount } from './purchase-count.tsx';

interface Props {
  readonly program: Program;
  /** Whether it is typed how often, and not what was paid. */
  readonly isByCount: boolean;
  readonly count: string;
  readonly amount: string;
  /** What is read of the amount, in minor units. */
  readonly sale: number | undefined;
  readonly problem: string;
  readonly onCount: (text: string) => void;
  readonly onAmount: (text: string) => void;
}

export function BoughtField({ program, isByCount, count, amount, sale, problem, onCount, onAmount }: Props) {
  if (isByCount) return <PurchaseCount program={program} text={count} problem={problem} onText={onCount} />;
  const { currency } = program;
  return (
    <Field
      label={t().till.amount(currency)}
      hint={sale === undefined ? '' : exactMoney(sale / 10 ** digitsOf(currency), currency)}
      problem={problem}
      mode="decimal"
      value={amount}
      onInput={onAmount}
    />
  );
}
