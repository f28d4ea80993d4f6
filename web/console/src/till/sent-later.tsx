/** Says how many bookings were sent later, and what they have brought, until somebody has read it. */

import { counted } from '../../../shared/i18n/format.ts';
import { store } from '../access.ts';
import { amount, t } from '../words.ts';
import type { Booking } from './bookings.ts';
import { saleOf } from './sale.ts';
import { scopeOrNone } from './scope.ts';
import { readAll, unread } from './sent.ts';

/** The latest ones: of more of them the number says it. */
const SHOWN_MAX = 10;

/** `shown` is what the page shows as its last booking: that one alone needs no second word. */
export function SentLater({ shown }: { readonly shown: string | undefined }) {
  const words = t().till.outbox;
  const bookings = unread(scopeOrNone());
  const isVisible = bookings.some(({ entry }) => entry.key !== shown);
  return (
    <section class={isVisible ? 'panel good' : 'for-readers'}>
      <p role="status">{bookings.length > 0 && counted(bookings.length, words.allSent)}</p>
      {isVisible && (
        <>
          <ul class="plain-list outbox">
            {bookings.slice(0, SHOWN_MAX).map((each) => (
              <li key={each.entry.key}>
                <strong>{saleOf(each.entry)}</strong> · {each.name ?? t().till.somebody(each.entry.mark)} ·{' '}
                {each.entry.programName}: {broughtBy(each)}
              </li>
            ))}
          </ul>
          <div>
            <button type="button" class="plain" onClick={() => readAll(bookings)}>
              {words.read}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

function broughtBy({ entry, added, pending }: Booking): string {
  const program = store.value?.programs.find((each) => each.programId === entry.programId);
  const total = added + pending;
  if (total === 0) return t().till.outbox.nothing;
  return program ? amount(total, program) : String(total);
}
