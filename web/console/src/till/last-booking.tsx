/** What was booked last, and its undoing, as long as that is possible. */

import { useState } from 'preact/hooks';
import { hour } from '../../../shared/i18n/format.ts';
import { Problem } from '../../../shared/api/client.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { may, store } from '../access.ts';
import { undo, type Booking, type Undone } from './bookings.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { useIntention } from '../ui/use-intention.ts';
import { amount, t } from '../words.ts';

const UNDO_MS = 15 * 60_000;

interface Props {
  readonly booking: Booking;
  readonly name: string;
}

export function LastBooking({ booking, name }: Props) {
  const [undone, setUndone] = useState<Undone>();
  const { isBusy, error, run } = useAction();
  const carryOut = useIntention();
  const words = t().till;
  const program = store.value?.programs.find((each) => each.programId === booking.entry.programId);
  if (!program) return null;
  const write = (value: number): string => amount(value, program);
  const total = booking.added + booking.pending;
  const balance = undone?.balance ?? booking.balance;

  return (
    <section class="panel good" aria-label={words.last}>
      <div role="status">
        {undone && (
          <p class="large">
            {(undone.wasBefore ? words.undoneBefore : words.undone)(write(undone.taken))}
          </p>
        )}
        {!undone && (
          <p class="large">{total > 0 ? words.booked(write(total), name) : words.nothingBooked(name)}</p>
        )}
        {!undone && booking.pending > 0 && <p>{words.pending(write(booking.pending))}</p>}
        {!undone?.wasBefore && ( // Its balance is that of then.
          <p>
            {words.now(write(balance))}
            {booking.tier && !undone && ` ${t().member.tier}: ${booking.tier}.`}
          </p>
        )}
      </div>
      {error !== undefined && <UndoFailed error={error} />}
      {!undone && booking.entryId !== null && may('reverseLoyaltyTransaction') && (
        <div class="line">
          <button
            type="button"
            class="plain"
            aria-disabled={isBusy}
            onClick={() => run(async () => setUndone(await carryOut(booking, (key) => undo(booking, key))))}
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
function UndoFailed({ error }: { readonly error: unknown }) {
  const reason = error instanceof Problem ? error.details['reason'] : undefined;
  const sentence = typeof reason === 'string' ? t().till.undoReasons[reason] : undefined;
  if (!sentence) return <Failed error={error} />;
  return (
    <p class="problem" role="alert">
      {sentence}
    </p>
  );
}
