/** `/console/till`: who it is, what was bought, and what to hand out. For a phone or tablet at the counter. */

import { useEffect, useState } from 'preact/hooks';
import { isConnected } from '../../../shared/api/connection.ts';
import { may, store } from '../access.ts';
import { t } from '../words.ts';
import { BookPurchase } from './book-purchase.tsx';
import type { Again, Booking, Payment } from './bookings.ts';
import { FindCustomer, type Found, type Strayed } from './find-customer.tsx';
import { isOf, type HandOut } from './hand-outs.ts';
import { KeptBooking } from './kept-booking.tsx';
import { forgetPayment, recallPayment, type OpenPayment } from './kept-payment.ts';
import { LastBooking } from './last-booking.tsx';
import { LastHandOut } from './last-hand-out.tsx';
import { plainAmount } from './pay-from-balance.tsx';
import { leftOf } from './payment-parts.ts';
import { Outbox } from './outbox-list.tsx';
import type { Entry } from './outbox-rules.ts';
import { scopeOrNone } from './scope.ts';
import { answeredOf, answerTo } from './sent.ts';
import { steadyTaps } from './steady-taps.ts';
import './till.css';
import { UseReward } from './use-reward.tsx';

/** What was done last, and for whom. */
type Last = { readonly found: Found; readonly booked: readonly string[] } & (
  | { readonly booking: Booking }
  | { readonly kept: Entry; readonly payment: Payment | undefined }
);

export default function Till() {
  const [unanswered, setUnanswered] = useState(() => recallPayment(scopeOrNone()));
  const [found, setFound] = useState(unanswered && foundBefore(unanswered));
  const [done, setDone] = useState<Last>();
  const [again, setAgain] = useState<Again>();
  const [memberCode, setMemberCode] = useState<Strayed>();
  const [rewardCode, setRewardCode] = useState<Strayed>();
  const [handOut, setHandOut] = useState<HandOut>();
  const [handedOut, setHandedOut] = useState(0);
  const programs = store.value?.programs ?? [];

  const answered = answeredOf(scopeOrNone())[0];
  /** What was tapped last, here or on a page that is gone. */
  const last = done && answered && answered.entry.at > entryOf(done).at ? undefined : done;
  const booking = last ? bookingOf(last) : answered;
  const isAnswered = unanswered !== undefined && answerTo(unanswered.entry.key) !== undefined;

  useEffect(() => {
    if (isAnswered) next(); // It was sent again by itself.
  }, [isAnswered]);

  useEffect(() => {
    const page = document.querySelector('main');
    return page ? steadyTaps(page) : undefined;
  }, []);

  /** Both codes are on the card: who has scanned the other one goes on with that. */
  function passReward(code: string): string | undefined {
    if (!may('useRewardCode')) return t().till.strayedReward;
    setRewardCode({ code });
    return undefined;
  }

  function begin(customer: Found): void {
    setFound(customer);
    setMemberCode(undefined);
    setRewardCode(undefined);
  }

  function next(): void {
    forgetPayment(); // Whoever goes on without an answer has been told.
    setFound(undefined);
    setAgain(undefined);
    setUnanswered(undefined);
  }

  function finish(what: Last): void {
    setDone(what);
    setHandOut(undefined);
    setHandedOut(0);
    next();
  }

  /** It was handed out, or taken back. */
  function passHandOut(what: HandOut): void {
    setHandOut(what);
    setHandedOut((before) => before + 1);
  }

  const given = { handOut, handedOut, onHandOut: passHandOut };
  /** It is newer than the last booking, and of another customer or program. */
  const newer = handOut?.way === 'here' && !isOf(handOut, booking?.userId, booking?.entry.programId) ? handOut : undefined;

  const bookedWith = ({ programId }: Entry): readonly string[] => [...(again?.booked ?? []), programId];

  /** Who it is and what was paid is known: only the card is another one. */
  function repeat({ found: customer, booked }: Last, { digits = 2, ...entry }: Entry): void {
    const { purchaseCount: count } = entry;
    const amount = plainAmount(Math.round(leftOf({ ...entry, digits }) * 10 ** digits), digits);
    setAgain({ amount: count === undefined ? amount : '', count, booked });
    begin(customer);
  }

  return (
    <>
      {/* The head says it already, and a small screen has better use for the place. */}
      <h1 class="for-readers" tabIndex={-1}>
        {t().till.title}
      </h1>
      <p class={isConnected.value ? 'for-readers' : 'panel noted'} role="status">
        {!isConnected.value && t().till.offline}
      </p>
      {programs.length === 0 && <p class="panel">{t().till.noPrograms}</p>}
      {programs.length > 0 && !found && <FindCustomer onFound={begin} strayed={memberCode} onReward={passReward} />}
      {found && (
        <BookPurchase
          found={found}
          programs={programs}
          again={again}
          unanswered={unanswered?.entry}
          onBooked={(booking) => finish({ booking, found, booked: bookedWith(booking.entry) })}
          onKept={(kept, payment) => finish({ kept, payment, found, booked: bookedWith(kept) })}
          onNext={next}
          {...given}
        />
      )}
      {!found && newer && <LastHandOut handOut={newer} onUndone={passHandOut} />}
      {!found && !newer && booking && (
        <LastBooking
          booking={booking}
          name={nameOf(booking, last)}
          code={last?.found.code}
          {...given}
          onAgain={last?.found.member && hasOther(last) ? () => repeat(last, booking.entry) : undefined}
          key={booking.entry.key}
        />
      )}
      {!found && !newer && !booking && last && 'kept' in last && (
        <KeptBooking kept={last.kept} payment={last.payment} name={last.found.name} key={last.kept.key} />
      )}
      <Outbox shown={booking?.entry.key} />
      {may('useRewardCode') && !found && (
        <UseReward
          strayed={rewardCode}
          onMember={(code) => setMemberCode({ code })}
          handOut={handOut}
          onHandOut={passHandOut}
        />
      )}
    </>
  );
}

const hasOther = ({ booked }: Last): boolean =>
  store.value?.programs.some((each) => !booked.includes(each.programId)) ?? false;

const entryOf = (last: Last): Entry => ('booking' in last ? last.booking.entry : last.kept);

/** What was booked: at once, or once it was sent later. */
function bookingOf(last: Last): Booking | undefined {
  if ('booking' in last) return last.booking;
  return answerTo(last.kept.key);
}

/** Who has scanned a code without a connection learns whose it is when it is sent. */
const nameOf = ({ name, entry }: Booking, last: Last | undefined): string =>
  name ?? last?.found.name ?? t().till.somebody(entry.mark);

/** Who it was before the page was loaded again, as far as that is kept. */
function foundBefore({ entry, code }: OpenPayment): Found {
  const { customer, mark } = entry;
  return { customer, mark, name: t().till.somebody(mark), member: undefined, code };
}
