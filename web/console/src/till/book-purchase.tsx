/** Book a purchase of the customer who was found, and pay of it from the balance what the customer wants. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { isUnknown } from '../../../shared/api/client.ts';
import { isConnected } from '../../../shared/api/connection.ts';
import { exactMoney, locale } from '../../../shared/i18n/format.ts';
import { digitsOf, example, readAmount } from '../../../shared/lib/amount.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { useAction } from '../../../shared/lib/use-action.ts';
import { may } from '../access.ts';
import type { Program } from '../store.ts';
import { Field } from '../ui/field.tsx';
import { t } from '../words.ts';
import type { Booking, Payment } from './bookings.ts';
import { ChooseProgram, rememberedProgram } from './choose-program.tsx';
import { CustomerBalance } from './customer-balance.tsx';
import type { Found } from './find-customer.tsx';
import { forgetPayment, keepPayment } from './kept-payment.ts';
import { NoAnswer } from './no-answer.tsx';
import { ownFirst, useOwnCards } from './own-cards.ts';
import type { Entry } from './outbox-rules.ts';
import { intend, scopeOrNone, send } from './outbox.ts';
import { PayFromBalance, type PartText } from './pay-from-balance.tsx';
import { readPart, type Part } from './payment-parts.ts';
import { pay } from './payments.ts';
import { RewardsFor } from './rewards-for.tsx';
import { needsCode, useStanding } from './standing.ts';
import { UnusualAmount } from './unusual-amount.tsx';
import { isUnusual, keepAmount, lastAmounts } from './usual-amounts.ts';

/** The same purchase on another card: its amount, and for which programs it is booked already. */
export interface Again {
  readonly amount: string;
  readonly booked: readonly string[];
}

interface Props {
  readonly found: Found;
  readonly programs: readonly Program[];
  readonly again?: Again | undefined;
  /** What was sent before the page was loaded again, and has no answer. */
  readonly unanswered?: Entry | undefined;
  readonly onBooked: (booking: Booking) => void;
  /** It waits for a connection; what was paid from the balance is paid. */
  readonly onKept: (entry: Entry, payment?: Payment) => void;
  readonly onNext: () => void;
}

export function BookPurchase({ found, programs, again, unanswered, onBooked, onKept, onNext }: Props) {
  /** The one of the form, once something was chosen or typed: then what is learned of the cards changes it no more. */
  const [programId, setProgramId] = useState<string>();
  const [text, setText] = useState(again?.amount ?? '');
  const [partText, setPartText] = useState<PartText>();
  const [problems, setProblems] = useState({ amount: '', part: '' });
  const [open, setOpen] = useState(unanswered);
  const [isAsked, setAsked] = useState(false);
  /** It rises with what may have changed the balance: then it is read again. */
  const [version, setVersion] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, error, clear, run } = useAction();
  const words = t().till;
  const cards = useOwnCards(found.member?.userId, programs);
  const choices = ownFirst(programs.filter((each) => !again?.booked.includes(each.programId)), cards);
  const remembered = choices.find((each) => each.programId === rememberedProgram());
  const usual = remembered && cards.get(remembered.programId) !== false ? remembered : choices[0];
  const program = choices.find((each) => each.programId === programId) ?? usual;
  const standing = useStanding(found.member?.userId, program, version);

  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  if (!program) return null;

  const digits = digitsOf(program.currency);
  const read = readAmount(text, locale, digits);
  const sale = 'minor' in read ? read.minor : undefined;
  const payable = Math.round((standing?.payable ?? 0) * 10 ** digits);
  const part: Part | undefined =
    partText === undefined || sale === undefined || payable === 0
      ? undefined
      : readPart(partText, { sale, payable, locale, digits });

  const isCodeMissing = needsCode() && !found.code;
  const canPay = payable > 0 && isConnected.value && !isCodeMissing && may('redeemLoyaltyPoints');

  function edit(change: () => void): void {
    setProgramId(program?.programId);
    change();
    setProblems({ amount: '', part: '' });
    setAsked(false);
    clear();
  }

  function choose(id: string): void {
    edit(() => setProgramId(id));
    setPartText(undefined);
  }

  function reread(): void {
    setVersion((before) => before + 1);
  }

  function carryOut(entry: Entry): void {
    run(async () => {
      const { customer, paid } = entry;
      try {
        if (paid === undefined || !('userId' in customer)) {
          const booking = await send(entry);
          keepAmount(entry);
          if (booking) onBooked(booking);
          else onKept(entry);
          return;
        }
        keepPayment({ entry, code: found.code });
        const sold = await pay(entry, customer.userId, found.code);
        forgetPayment();
        keepAmount(entry);
        if (sold.booking) onBooked(sold.booking);
        else onKept(entry, sold.payment);
      } catch (failure) {
        const isOpen = isUnknown(failure); // Nobody knows: the same is sent again.
        setOpen(isOpen ? entry : undefined);
        if (!isOpen) {
          forgetPayment();
          reread();
        }
        throw failure;
      }
    });
  }

  function submit(event: Event): void {
    event.preventDefault();
    if (!program) return;
    if ('doubt' in read) {
      setProblems({ amount: t().amount[read.doubt](example(locale, digits)), part: '' });
      form.current?.querySelector('input')?.focus();
      return;
    }
    if (partText !== undefined && (!part || 'doubt' in part)) {
      setProblems({ amount: '', part: doubtOf(part, Math.min(read.minor, payable), program.currency) });
      form.current?.querySelector<HTMLInputElement>('.paying input')?.focus();
      return;
    }
    const here = scopeOrNone();
    if (here && isUnusual(read.minor, digits, lastAmounts({ ...here, currency: program.currency }))) setAsked(true);
    else bookIt();
  }

  function bookIt(): void {
    if (!program || 'doubt' in read) return;
    const { customer, mark } = found;
    carryOut(intend({ customer, mark, program, minor: read.minor, digits, ...(part && 'minor' in part && { paid: part.minor }) }));
  }

  function change(): void {
    setAsked(false);
    form.current?.querySelector('input')?.select();
  }

  function giveUp(): void {
    forgetPayment();
    onNext();
  }

  return (
    <section class="panel" aria-label={words.customer}>
      <div>
        <h2 class="large">{found.name}</h2>
        {found.member && <CustomerBalance member={found.member} program={program} standing={standing} />}
        {!found.member && !open && <p>{words.unchecked}</p>}
      </div>
      {open && <NoAnswer entry={open} isBusy={isBusy} onAgain={() => carryOut(open)} onGiveUp={giveUp} />}
      {!open && (
        <form class="stack till" noValidate onSubmit={submit} ref={form}>
          <ChooseProgram
            programs={choices}
            cards={cards}
            chosen={program}
            isNamed={again !== undefined}
            onChoose={choose}
          />
          {cards.get(program.programId) === false && <p class="problem">{t().problem.codes['MEMBERSHIP_NOT_FOUND']}</p>}
          <Field
            label={words.amount(program.currency)}
            hint={sale === undefined ? '' : exactMoney(sale / 10 ** digits, program.currency)}
            problem={problems.amount}
            mode="decimal"
            value={text}
            onInput={(typed) => edit(() => setText(typed))}
          />
          {partText !== undefined && (
            <PayFromBalance
              program={program}
              payable={payable / 10 ** digits}
              sale={sale}
              text={partText}
              part={part}
              problem={problems.part}
              onText={(typed) => edit(() => setPartText(typed))}
            />
          )}
          {error !== undefined && <Failed error={error} />}
          {isAsked && sale !== undefined && (
            <UnusualAmount
              amount={exactMoney(sale / 10 ** digits, program.currency)}
              isBusy={isBusy}
              onYes={bookIt}
              onChange={change}
            />
          )}
          {!isAsked && (
            <div class="line">
              <button type="submit" aria-disabled={isBusy}>
                {words.book}
              </button>
              <button type="button" class="plain" onClick={onNext}>
                {words.next}
              </button>
            </div>
          )}
          {/* Below the others, as it comes a moment later: nothing moves away under a finger. */}
          {canPay && partText === undefined && (
            <button type="button" class="secondary" onClick={() => edit(() => setPartText(null))}>
              {words.pay.offer(exactMoney(payable / 10 ** digits, program.currency))}
            </button>
          )}
          {payable > 0 && isCodeMissing && <p class="quiet">{words.pay.scan}</p>}
        </form>
      )}
      {found.member && !open && (
        <RewardsFor
          userId={found.member.userId}
          code={found.code}
          program={program}
          offers={standing?.offers ?? []}
          onGiven={reread}
        />
      )}
    </section>
  );
}

/** Why a part cannot be paid from the balance; `most` is what can, in minor units. */
function doubtOf(part: Extract<Part, { doubt: unknown }> | undefined, most: number, currency: string): string {
  const digits = digitsOf(currency);
  if (!part || part.doubt === 'tooMuch') return t().till.pay.tooMuch(exactMoney(most / 10 ** digits, currency));
  return t().amount[part.doubt](example(locale, digits));
}
