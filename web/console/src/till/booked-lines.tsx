/** What a booking was and has brought: the sale, the program, what was granted, and by which campaigns. */

import { digitsOf } from '../../../shared/lib/amount.ts';
import { sentenceOf } from '../../../shared/ui/status.tsx';
import type { Program } from '../store.ts';
import { amount, t } from '../words.ts';
import type { Booking } from './bookings.ts';
import { campaignParts } from './campaign-parts.ts';
import { PaymentLines } from './payment-lines.tsx';
import { leftOf } from './payment-parts.ts';
import { saleOf } from './sale.ts';

interface Props {
  readonly booking: Booking;
  readonly program: Program;
  readonly name: string;
}

export function BookedLines({ booking, program, name }: Props) {
  const words = t().till;
  const { entry, refusal } = booking;
  const payment = booking.payment ?? (entry.paid ? { paid: entry.paid, left: leftOf(entry) } : undefined);
  const total = booking.added + booking.pending;
  const write = (value: number): string => amount(value, program);
  return (
    <>
      <SaleLine booking={booking} />
      {payment && <PaymentLines payment={payment} currency={program.currency} />}
      {!refusal && (
        <p class={payment ? '' : 'large'}>{total > 0 ? words.booked(write(total), name) : words.nothingBooked(name)}</p>
      )}
      {refusal && <p class="problem">{`${words.nothingBooked(name)} ${sentenceOf(refusal)}`}</p>}
      {campaignsOf(booking, program).map((each) => (
        <p key={each}>{each}</p>
      ))}
      {booking.told?.cappedBy && <p>{words.capped}</p>}
      {booking.pending > 0 && <p>{words.pending(write(booking.pending))}</p>}
    </>
  );
}

export function SaleLine({ booking: { entry } }: { readonly booking: Booking }) {
  return (
    <p>
      <strong>{saleOf(entry)}</strong> · {entry.programName}
    </p>
  );
}

/** A limit may have cut what they gave: then only their names are true. */
function campaignsOf({ told, added, pending }: Booking, program: Program): readonly string[] {
  if (!told?.madeOf || added + pending === 0) return [];
  const words = t().till.campaign;
  const scale = program.programType === 'cashback' ? 10 ** digitsOf(program.currency) : 1;
  return campaignParts(told.madeOf, scale)
    .filter((_, place) => (told.madeOf?.campaigns[place]?.points ?? 0) > 0)
    .map(({ campaignId, given }) => {
      const name = program.campaigns?.find((each) => each.campaignId === campaignId)?.name;
      if (told.cappedBy !== null || given === 0) return words.applied(name ?? '');
      return words.gave(amount(given, program), name ?? '');
    });
}
