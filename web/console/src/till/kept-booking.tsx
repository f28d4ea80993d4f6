/** What was booked last, if it waits for a connection: what is kept, and what is not known yet. */

import { t } from '../words.ts';
import type { Payment } from './bookings.ts';
import type { Entry } from './outbox-rules.ts';
import { waiting } from './outbox.ts';
import { PaymentLines } from './payment-lines.tsx';
import { saleOf } from './sale.ts';

interface Props {
  readonly kept: Entry;
  readonly name: string;
  readonly payment?: Payment | undefined;
}

export function KeptBooking({ kept, name, payment }: Props) {
  const words = t().till.outbox;
  const entry = waiting.value.find((each) => each.key === kept.key);
  if (entry?.refusal && !payment) return null; // The list says why, and what can be done.
  const isWaiting = entry !== undefined && !entry.outcome;
  const isKnown = 'userId' in kept.customer;
  return (
    <section class={isWaiting ? 'panel noted' : 'panel good'} aria-label={t().till.last}>
      <div role="status">
        {payment && <PaymentLines payment={payment} currency={kept.currency} />}
        <p class={payment ? '' : 'large'}>
          {(isWaiting ? words.kept : words.sent)(saleOf(kept), name)}
        </p>
        {isWaiting && <p>{isKnown ? words.willBeSent : words.willBeChecked}</p>}
      </div>
    </section>
  );
}
