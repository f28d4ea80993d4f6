/** What was paid from a balance, and what is left to take in money: what the person at the till acts on. */

import { exactMoney } from '../../../shared/i18n/format.ts';
import { t } from '../words.ts';
import type { Payment } from './bookings.ts';

interface Props {
  readonly payment: Pick<Payment, 'paid' | 'left'>;
  readonly currency: string;
}

export function PaymentLines({ payment: { paid, left }, currency }: Props) {
  const words = t().till.pay;
  return (
    <>
      <p class="large">{left > 0 ? words.left(exactMoney(left, currency)) : words.nothingLeft}</p>
      <p>{words.paid(exactMoney(paid, currency))}</p>
    </>
  );
}
