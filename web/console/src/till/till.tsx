/** `/console/till`: who it is, what was bought, and what to hand out. For a phone or tablet at the counter. */

import { useState } from 'preact/hooks';
import { isConnected } from '../../../shared/api/connection.ts';
import { may, store } from '../access.ts';
import { t } from '../words.ts';
import { BookPurchase } from './book-purchase.tsx';
import type { Booking } from './bookings.ts';
import { FindCustomer, type Found } from './find-customer.tsx';
import { KeptBooking } from './kept-booking.tsx';
import { LastBooking } from './last-booking.tsx';
import { Outbox } from './outbox-list.tsx';
import type { Entry } from './outbox-rules.ts';
import './till.css';
import { UseReward } from './use-reward.tsx';

/** What was done last, with what to call the customer. */
type Last = { readonly name: string } & ({ readonly booking: Booking } | { readonly kept: Entry });

export default function Till() {
  const [found, setFound] = useState<Found>();
  const [last, setLast] = useState<Last>();
  const programs = store.value?.programs ?? [];

  function done(what: Last): void {
    setLast(what);
    setFound(undefined);
  }

  return (
    <>
      <h1 tabIndex={-1}>{t().till.title}</h1>
      <p class={isConnected.value ? 'for-readers' : 'panel noted'} role="status">
        {!isConnected.value && t().till.offline}
      </p>
      {programs.length === 0 && <p class="panel">{t().till.noPrograms}</p>}
      {programs.length > 0 && !found && <FindCustomer onFound={setFound} />}
      {found && (
        <BookPurchase
          found={found}
          programs={programs}
          onBooked={(booking) => done({ booking, name: found.name })}
          onKept={(kept) => done({ kept, name: found.name })}
          onNext={() => setFound(undefined)}
        />
      )}
      {last && !found && 'booking' in last && <LastBooking {...last} key={last.booking.entry.key} />}
      {last && !found && 'kept' in last && <KeptBooking {...last} key={last.kept.key} />}
      <Outbox />
      {may('useRewardCode') && !found && <UseReward />}
    </>
  );
}
