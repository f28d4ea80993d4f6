/** What was booked last, if it waits for a connection: what is kept, and what is not known yet. */

import { exactMoney } from '../../../shared/i18n/format.ts';
import { t } from '../words.ts';
import type { Entry } from './outbox-rules.ts';
import { waiting } from './outbox.ts';

export function KeptBooking({ kept, name }: { readonly kept: Entry; readonly name: string }) {
  const words = t().till.outbox;
  const entry = waiting.value.find((each) => each.key === kept.key);
  if (entry?.refusal) return null; // The list says why, and what can be done.
  const isWaiting = entry !== undefined;
  const isKnown = 'userId' in kept.customer;
  return (
    <section class={isWaiting ? 'panel noted' : 'panel good'} aria-label={t().till.last}>
      <div role="status">
        <p class="large">
          {(isWaiting ? words.kept : words.sent)(exactMoney(kept.purchaseAmount, kept.currency), name)}
        </p>
        {isWaiting && <p>{isKnown ? words.willBeSent : words.willBeChecked}</p>}
      </div>
    </section>
  );
}
