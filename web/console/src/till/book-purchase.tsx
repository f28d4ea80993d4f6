/** Book a purchase of the customer who was found. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { isUnknown } from '../../../shared/api/client.ts';
import { exactMoney, locale } from '../../../shared/i18n/format.ts';
import { digitsOf, example, readAmount } from '../../../shared/lib/amount.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { useAction } from '../../../shared/lib/use-action.ts';
import type { Program } from '../store.ts';
import { Field } from '../ui/field.tsx';
import { t } from '../words.ts';
import type { Booking } from './bookings.ts';
import { CustomerBalance } from './customer-balance.tsx';
import type { Found } from './find-customer.tsx';
import type { Entry } from './outbox-rules.ts';
import { intend, send } from './outbox.ts';

interface Props {
  readonly found: Found;
  readonly programs: readonly Program[];
  readonly onBooked: (booking: Booking) => void;
  /** It waits for a connection. */
  readonly onKept: (entry: Entry) => void;
  readonly onNext: () => void;
}

const PROGRAM_KEY = 'punktwerk.console.program';

export function BookPurchase({ found, programs, onBooked, onKept, onNext }: Props) {
  const [programId, setProgramId] = useState(() => sessionStorage.getItem(PROGRAM_KEY));
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [open, setOpen] = useState<Entry>();
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, error, clear, run } = useAction();
  const words = t().till;
  const program = programs.find((each) => each.programId === programId) ?? programs[0];

  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  if (!program) return null;

  const digits = digitsOf(program.currency);
  const read = readAmount(text, locale, digits);
  const echo = 'minor' in read ? exactMoney(read.minor / 10 ** digits, program.currency) : '';

  function choose(id: string): void {
    setProgramId(id);
    sessionStorage.setItem(PROGRAM_KEY, id);
  }

  function book(entry: Entry): void {
    run(async () => {
      try {
        const booking = await send(entry);
        if (booking) onBooked(booking);
        else onKept(entry);
      } catch (failure) {
        setOpen(isUnknown(failure) ? entry : undefined); // This browser could not keep it.
        throw failure;
      }
    });
  }

  function submit(event: Event): void {
    event.preventDefault();
    if (!program) return;
    if ('doubt' in read) {
      setProblem(t().amount[read.doubt](example(locale, digits)));
      form.current?.querySelector('input')?.focus();
      return;
    }
    setProblem('');
    const { customer, mark } = found;
    book(intend({ customer, mark, program, minor: read.minor, digits }));
  }

  return (
    <section class="panel" aria-label={words.customer}>
      <div>
        <h2 class="large">{found.name}</h2>
        {found.member && <CustomerBalance member={found.member} program={program} />}
        {!found.member && <p>{words.unchecked}</p>}
      </div>
      {open && (
        <div class="stack" role="alert">
          <p class="large">{exactMoney(open.purchaseAmount, open.currency)}</p>
          <p class="problem">{words.unknown}</p>
          <div class="line">
            <button type="button" aria-disabled={isBusy} onClick={() => book(open)}>
              {words.again}
            </button>
            <button type="button" class="plain" onClick={onNext}>
              {words.giveUp}
            </button>
          </div>
        </div>
      )}
      {!open && (
        <form class="stack till" noValidate onSubmit={submit} ref={form}>
          {programs.length > 1 && (
            <label>
              {words.program}
              <select value={program.programId} onChange={(event) => choose(event.currentTarget.value)}>
                {programs.map((each) => (
                  <option key={each.programId} value={each.programId}>
                    {each.programName}
                  </option>
                ))}
              </select>
            </label>
          )}
          <Field
            label={words.amount(program.currency)}
            hint={echo}
            problem={problem}
            mode="decimal"
            value={text}
            onInput={(typed) => {
              setText(typed);
              setProblem('');
              clear();
            }}
          />
          {error !== undefined && <Failed error={error} />}
          <div class="line">
            <button type="submit" aria-disabled={isBusy}>
              {words.book}
            </button>
            <button type="button" class="plain" onClick={onNext}>
              {words.next}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}
