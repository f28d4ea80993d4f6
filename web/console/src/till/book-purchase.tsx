/** Book a purchase of the customer who was found. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { isUnknown } from '../../../shared/api/client.ts';
import { exactMoney, locale } from '../../../shared/i18n/format.ts';
import { digitsOf, example, readAmount } from '../../../shared/lib/amount.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { book, intend, type Booking, type Intention } from './bookings.ts';
import { nameOf, type Member } from '../people.ts';
import type { Program } from '../store.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { t } from '../words.ts';
import { CustomerBalance } from './customer-balance.tsx';
import { Field } from '../ui/field.tsx';

interface Props {
  readonly member: Member;
  readonly programs: readonly Program[];
  readonly onBooked: (booking: Booking) => void;
  readonly onNext: () => void;
}

const PROGRAM_KEY = 'punktwerk.console.program';

export function BookPurchase({ member, programs, onBooked, onNext }: Props) {
  const [programId, setProgramId] = useState(() => sessionStorage.getItem(PROGRAM_KEY));
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [open, setOpen] = useState<Intention>();
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

  function send(intention: Intention): void {
    run(async () => {
      try {
        onBooked(await book(intention));
      } catch (failure) {
        setOpen(isUnknown(failure) ? intention : undefined);
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
    send(intend(member, program, read.minor, digits));
  }

  return (
    <section class="panel" aria-label={words.customer}>
      <div>
        <h2 class="large">{nameOf(member)}</h2>
        <CustomerBalance member={member} program={program} />
      </div>
      {open && (
        <div class="stack" role="alert">
          <p class="large">{exactMoney(open.purchaseAmount, open.program.currency)}</p>
          <p class="problem">{words.unknown}</p>
          <div class="line">
            <button type="button" aria-disabled={isBusy} onClick={() => send(open)}>
              {words.again}
            </button>
            <button type="button" class="plain" onClick={onNext}>
              {words.giveUp}
            </button>
          </div>
        </div>
      )}
      {!open && (
        <form class="stack" noValidate onSubmit={submit} ref={form}>
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
