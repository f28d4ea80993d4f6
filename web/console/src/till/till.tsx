/** `/console/till`: who it is, what was bought, and what to hand out. For a phone at the counter. */

import { useState } from 'preact/hooks';
import { may, store } from '../access.ts';
import type { Booking } from './bookings.ts';
import { BookPurchase } from './book-purchase.tsx';
import { FindCustomer } from './find-customer.tsx';
import { LastBooking } from './last-booking.tsx';
import { UseReward } from './use-reward.tsx';
import type { Member } from '../people.ts';
import { t } from '../words.ts';

export default function Till() {
  const [member, setMember] = useState<Member>();
  const [last, setLast] = useState<Booking>();
  const programs = store.value?.programs ?? [];

  function booked(booking: Booking): void {
    setLast(booking);
    setMember(undefined);
  }

  return (
    <>
      <h1 tabIndex={-1}>{t().till.title}</h1>
      {programs.length === 0 && <p class="panel">{t().till.noPrograms}</p>}
      {programs.length > 0 && !member && <FindCustomer onFound={setMember} />}
      {member && (
        <BookPurchase
          member={member}
          programs={programs}
          onBooked={booked}
          onNext={() => setMember(undefined)}
          key={member.userId}
        />
      )}
      {last && !member && <LastBooking booking={last} key={last.intention.key} />}
      {may('useRewardCode') && !member && <UseReward />}
    </>
  );
}
