/** Pay back a payment, or a part of it. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { locale } from '../../../shared/i18n/format.ts';
import { digitsOf, example, readAmount } from '../../../shared/lib/amount.ts';
import { common } from '../../../shared/i18n/catalogue.ts';
import { Field } from '../ui/field.tsx';
import { useWrite } from '../ui/use-write.ts';
import { t } from '../words.ts';
import { FailedThere } from './failed-there.tsx';
import { inMajor, type Payment } from './payments.tsx';

interface Props {
  readonly payment: Payment;
  readonly onBegun: () => void;
  /** With what was done, in words. */
  readonly onChanged: (sentence: string) => void;
}

export function Refund({ payment, onBegun, onChanged }: Props) {
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  /** What is to be paid back, once the person has said yes. */
  const [asked, setAsked] = useState<number>();
  const { isBusy, error, send } = useWrite();
  const words = t().developers.payments;
  const { paymentId, currency, refundable } = payment;
  const digits = digitsOf(currency);

  function submit(event: Event): void {
    event.preventDefault();
    if (isBusy) return; // What is asked for now would not be sent.
    onBegun();
    const read = readAmount(text, locale, digits);
    if ('doubt' in read) return setProblem(t().amount[read.doubt](example(locale, digits)));
    if (read.minor > refundable) return setProblem(words.tooMuch(inMajor(refundable, currency)));
    setProblem('');
    setAsked(read.minor);
  }

  function payBack(amount: number): void {
    setAsked(undefined);
    const part = { paymentId, amount, reason: reason.trim() };
    send(part, async (headers) => {
      // Of two equal parts each is meant: they differ by the reference, which is that of the try.
      const body = { ...part, refundReference: headers['Idempotency-Key'] };
      const answer = await ask((api, signal) => api.POST('/refundPayment', { body, headers, signal }));
      const money = inMajor(answer.amount, answer.currency);
      setText('');
      setReason('');
      onChanged(answer.status === 'pending' ? words.beingPaidBack(money) : words.paidBack(money));
    });
  }

  return (
    <form class="panel" noValidate onSubmit={submit}>
      <h2>{words.refund}</h2>
      <Field
        label={words.howMuch(currency)}
        hint={words.atMost(inMajor(refundable, currency))}
        problem={problem}
        mode="decimal"
        value={text}
        onInput={(value) => {
          setText(value);
          setAsked(undefined);
        }}
      />
      <Field label={words.reason} value={reason} onInput={setReason} />
      {error !== undefined && <FailedThere error={error} />}
      {asked === undefined ? (
        <button type="submit" class="severe" aria-disabled={isBusy}>
          {words.refund}
        </button>
      ) : (
        <div class="stack" role="group" aria-label={words.refundSure(inMajor(asked, currency))}>
          <p>{words.refundSure(inMajor(asked, currency))}</p>
          <div class="row">
            <button type="button" class="severe" onClick={() => payBack(asked)}>
              {words.refundYes}
            </button>
            <button type="button" class="plain" onClick={() => setAsked(undefined)}>
              {common().no}
            </button>
          </div>
        </div>
      )}
    </form>
  );
}
