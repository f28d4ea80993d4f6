/** What was booked last, its undoing, as long as that is possible, and which rewards the customer can have now. */

import { useState } from 'preact/hooks';
import { hour } from '../../../shared/i18n/format.ts';
import { Problem } from '../../../shared/api/client.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { may, store } from '../access.ts';
import { BookedLines, SaleLine } from './booked-lines.tsx';
import { isUndoable, undo, type Booking, type Undone } from './bookings.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { useIntention } from '../ui/use-intention.ts';
import { amount, t } from '../words.ts';
import { isOf, type HandOut } from './hand-outs.ts';
import { onCard } from './on-card.ts';
import { RewardsFor } from './rewards-for.tsx';
import { isOld } from './sent.ts';
import { needsCode, useStanding } from './standing.ts';
import { forgetAmount } from './usual-amounts.ts';

const UNDO_MS = 15 * 60_000;

interface Props {
  readonly booking: Booking;
  readonly name: string;
  /** The code on the card, if it was shown. */
  readonly code: string | undefined;
  /** How often a reward was handed out or taken back since: the customer's may be among them. */
  readonly handedOut: number;
  readonly handOut: HandOut | undefined;
  readonly onHandOut: (handOut: HandOut) => void;
  /** Book the same purchase on another card; nothing where there is none. */
  readonly onAgain: (() => void) | undefined;
}

export function LastBooking({ booking, name, code, handedOut, handOut, onHandOut, onAgain }: Props) {
  const [undone, setUndone] = useState<Undone>();
  const { isBusy, error, run } = useAction();
  const carryOut = useIntention();
  const words = t().till;
  const program = store.value?.programs.find((each) => each.programId === booking.entry.programId);
  const standing = useStanding(booking.userId, program, `${handedOut} ${undone !== undefined}`);
  if (!program) return null;
  const write = (value: number): string => amount(value, program);
  // What was refused may be so because something was booked since: then this is not the balance any more.
  const isKnown = handedOut === 0 && !(error instanceof Problem) && !(undone ? undone.wasBefore : isOld(booking));

  const isRefused = reasonOf(error) !== undefined; // A second try is refused as well.

  const given = isOf(handOut, booking.userId) ? handOut : undefined;
  /** The API lets only a manager take back what is not the last booking any more. */
  const isOver = given !== undefined && !(given.undone && !needsCode());

  function takeBack(): void {
    run(async () => {
      setUndone(await carryOut(booking, (key) => undo(booking, key)));
      forgetAmount(booking.entry);
    });
  }

  return (
    <section class="panel good" aria-label={words.last}>
      <div role="status">
        {undone && (undone.taken > 0 || undone.given === 0) && (
          <p class="large">{(undone.wasBefore ? words.undoneBefore : words.undone)(write(undone.taken))}</p>
        )}
        {undone && undone.given > 0 && <p class="large">{words.pay.given(write(undone.given))}</p>}
        {undone && <SaleLine booking={booking} />}
        {!undone && <BookedLines booking={booking} program={program} name={name} />}
        {isKnown && (
          <p>
            {words.now(onCard(undone?.balance ?? booking.balance, program))}
            {booking.tier && !undone && ` ${t().member.tier}: ${booking.tier}.`}
          </p>
        )}
      </div>
      <RewardsFor
        userId={booking.userId}
        code={code}
        program={program}
        offers={standing?.offers ?? []}
        name={name}
        handOut={handOut}
        onHandOut={onHandOut}
      />
      {!undone && onAgain && (
        <div>
          <button type="button" class="secondary" onClick={onAgain}>
            {words.repeat}
          </button>
        </div>
      )}
      {error !== undefined && <UndoFailed error={error} />}
      {!undone && given?.undone && isOver && isUndoable(booking) && <p class="quiet">{words.undoOver}</p>}
      {!undone && !isRefused && !isOver && isUndoable(booking) && may('reverseLoyaltyTransaction', 'cancelRedemption') && (
        <div class="line">
          <button
            type="button"
            class="plain"
            aria-disabled={isBusy}
            onClick={takeBack}
          >
            {words.undo}
          </button>
          <span class="quiet">{words.undoNote(hour(new Date(booking.at + UNDO_MS)))}</span>
        </div>
      )}
    </section>
  );
}

/** The API says why a booking cannot be undone. */
function reasonOf(error: unknown): string | undefined {
  const reason = error instanceof Problem ? error.details['reason'] : undefined;
  return typeof reason === 'string' ? t().till.undoReasons[reason] : undefined;
}

function UndoFailed({ error }: { readonly error: unknown }) {
  const sentence = reasonOf(error);
  if (!sentence) return <Failed error={error} />;
  return (
    <p class="problem" role="alert">
      {sentence}
    </p>
  );
}
