/** Book a purchase of the customer who was found, and pay of it from the balance what the customer wants. */

import { useRef, useState } from 'preact/hooks';
import { isUnknown } from '../../../shared/api/client.ts';
import { isConnected } from '../../../shared/api/connection.ts';
import { exactMoney, locale } from '../../../shared/i18n/format.ts';
import { digitsOf, example, readAmount } from '../../../shared/lib/amount.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { useAction } from '../../../shared/lib/use-action.ts';
import { may } from '../access.ts';
import type { Program } from '../store.ts';
import { amount, t } from '../words.ts';
import type { Again, Booking, Bought, Payment } from './bookings.ts';
import { BookButtons } from './book-buttons.tsx';
import { BoughtField } from './bought-field.tsx';
import { ChooseProgram } from './choose-program.tsx';
import { useChosenProgram } from './chosen-program.ts';
import { CustomerBalance } from './customer-balance.tsx';
import type { Found } from './find-customer.tsx';
import { GiveCard, isNoCard } from './give-card.tsx';
import type { HandOut } from './hand-outs.ts';
import { COUNT_MAX, isCounted, readCount, stampsOf } from './counting.ts';
import { NoAnswer } from './no-answer.tsx';
import { intend } from './intend.ts';
import type { Entry } from './outbox-rules.ts';
import { doubtOf, PayFromBalance, type PartText } from './pay-from-balance.tsx';
import { OtherWays } from './other-ways.tsx';
import { readPart, type Part } from './payment-parts.ts';
import { sell } from './payments.ts';
import { RewardsFor } from './rewards-for.tsx';
import { scopeOrNone } from './scope.ts';
import { needsCode, useStanding } from './standing.ts';
import { useFirstField } from './use-first-field.ts';
import { isUnusual, lastAmounts } from './usual-amounts.ts';
import { useWatcher } from './use-watcher.ts';

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
  /** What was handed out last, to whomever, and how often something was. */
  readonly handOut: HandOut | undefined;
  readonly handedOut: number;
  readonly onHandOut: (handOut: HandOut) => void;
}

export function BookPurchase({ found, programs, again, unanswered, onBooked, onKept, onNext, ...given }: Props) {
  const { handOut, handedOut, onHandOut } = given;
  const [text, setText] = useState(again?.amount ?? '');
  const [countText, setCountText] = useState(String(again?.count ?? 1));
  /** Whether the amount is typed where the program does not need it. */
  const [isByAmount, setByAmount] = useState(Boolean(again?.amount));
  const [partText, setPartText] = useState<PartText>();
  const [problems, setProblems] = useState({ amount: '', part: '' });
  const [open, setOpen] = useState(unanswered);
  const [asked, setAsked] = useState<Bought>();
  /** It rises with what may have changed the balance: then it is read again. */
  const [version, setVersion] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const watcher = useWatcher();
  const { isBusy, error, clear, run } = useAction();
  const words = t().till;
  const userId = found.member?.userId;
  const { cards, choices, program, choose: setProgramId } = useChosenProgram(userId, programs, again?.booked ?? [], version);
  const standing = useStanding(userId, program, `${version} ${handedOut}`);

  const canCount = !!program && isCounted(program);
  const isByCount = canCount && !isByAmount;
  useFirstField(form, { isByAmount, isByCount });
  if (!program) return null;

  const digits = digitsOf(program.currency);
  const read = readAmount(text, locale, digits);
  const sale = 'minor' in read ? read.minor : undefined;
  const count = readCount(countText);
  const payable = Math.round((standing?.payable ?? 0) * 10 ** digits);
  const part: Part | undefined =
    partText === undefined || sale === undefined || payable === 0
      ? undefined
      : readPart(partText, { sale, payable, locale, digits });

  const isCardMissing = isNoCard(error) || cards.get(program.programId) === false;
  const isCodeMissing = needsCode() && !found.code;
  const canPay = isConnected.value && !isCodeMissing && may('redeemLoyaltyPoints');

  function edit(change: () => void): void {
    setProgramId(program?.programId);
    change();
    setProblems({ amount: '', part: '' });
    setAsked(undefined);
    clear();
  }

  function choose(id: string): void {
    edit(() => setProgramId(id));
    setPartText(undefined);
  }

  function payPart(): void {
    setByAmount(true);
    setPartText(null);
  }

  function carryOut(entry: Entry): void {
    run(async () => {
      try {
        const sold = await sell(entry, found.code, watcher);
        if (!watcher.isHere) return; // The outbox has told it.
        if (sold.booking) onBooked(sold.booking);
        else onKept(entry, sold.payment);
      } catch (failure) {
        const isOpen = isUnknown(failure); // Nobody knows: the same is sent again.
        setOpen(isOpen ? { ...entry, wasSent: true } : undefined);
        if (!isOpen) setVersion((before) => before + 1);
        throw failure;
      }
    });
  }

  function refuse(wrong: Partial<typeof problems>, field = 'input'): void {
    setProblems({ amount: '', part: '', ...wrong });
    const input = form.current?.querySelector<HTMLInputElement>(field);
    input?.focus();
    if (isByCount) input?.select();
  }

  function submit(event: Event): void {
    event.preventDefault();
    if (!program) return;
    if (isByCount) return count === undefined ? refuse({ amount: words.count.doubt(COUNT_MAX) }) : askOrBook({ count });
    if ('doubt' in read) return refuse({ amount: t().amount[read.doubt](example(locale, digits)) });
    if (partText !== undefined && (!part || 'doubt' in part)) {
      return refuse({ part: doubtOf(part, Math.min(read.minor, payable), program.currency) }, '.paying input');
    }
    askOrBook({ minor: read.minor });
  }

  /** Ask once before what is far above the last ones is booked. */
  function askOrBook(bought: Bought): void {
    const here = scopeOrNone();
    if (!here || !program) return;
    const last = lastAmounts({ ...here, currency: program.currency, ...('count' in bought && { purchaseCount: bought.count }) });
    if (isUnusual(bought, digits, last)) setAsked(bought);
    else bookIt(bought);
  }

  function bookIt(bought: Bought): void {
    if (!program) return;
    const { customer, mark } = found;
    carryOut(intend({ customer, mark, program, bought, digits, ...(part && 'minor' in part && { paid: part.minor }) }));
  }

  /** What is on its way is answered within seconds, and that is still to be read. */
  const next = (): void => (isBusy ? undefined : onNext());

  /** The customer has the card now: what was refused for want of it is booked. */
  function cardGiven(): void {
    setProgramId(program?.programId);
    setVersion((before) => before + 1);
    if (isNoCard(error)) form.current?.requestSubmit();
  }

  function change(): void {
    setAsked(undefined);
    form.current?.querySelector('input')?.select();
  }

  return (
    <section class="panel" aria-label={words.customer}>
      <div>
        <h2 class="large">{found.name}</h2>
        {found.member && <CustomerBalance member={found.member} program={program} standing={standing} />}
        {!found.member && !open && <p>{words.unchecked}</p>}
      </div>
      {open && <NoAnswer entry={open} isBusy={isBusy} onAgain={() => carryOut(open)} onGiveUp={next} />}
      {!open && (
        <form class="stack till" noValidate onSubmit={submit} ref={form}>
          <ChooseProgram
            programs={choices}
            cards={cards}
            chosen={program}
            isNamed={again !== undefined}
            onChoose={choose}
          />
          {userId && isCardMissing && <GiveCard userId={userId} programId={program.programId} onGiven={cardGiven} />}
          <BoughtField
            program={program}
            isByCount={isByCount}
            count={countText}
            amount={text}
            sale={sale}
            problem={problems.amount}
            onCount={(typed) => edit(() => setCountText(typed))}
            onAmount={(typed) => edit(() => setText(typed))}
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
          {error !== undefined && !(userId && isCardMissing) && <Failed error={error} />}
          <BookButtons
            asked={asked}
            program={program}
            label={isByCount && count !== undefined ? words.count.book(amount(stampsOf(program, count), program)) : words.book}
            isBusy={isBusy}
            onYes={bookIt}
            onChange={change}
            onNext={next}
          />
          {partText === undefined && !asked && (
            <OtherWays
              payable={payable > 0 ? exactMoney(payable / 10 ** digits, program.currency) : undefined}
              isCodeMissing={isCodeMissing}
              canPay={canPay}
              canCount={canCount}
              isByCount={isByCount}
              onPay={() => edit(payPart)}
              onSwitch={() => edit(() => setByAmount(isByCount))}
            />
          )}
        </form>
      )}
      {userId && !open && (
        <RewardsFor
          userId={userId}
          code={found.code}
          program={program}
          offers={standing?.offers ?? []}
          name={found.name}
          handOut={handOut}
          onHandOut={onHandOut}
        />
      )}
    </section>
  );
}
