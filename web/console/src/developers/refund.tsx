/** Pay back a payment, or a part of it. */

import { useRef, useState } from 'preact/hooks';
import { ask, idempotencyKey, isUnknown } from '../../../shared/api/client.ts';
import { locale } from '../../../shared/i18n/format.ts';
import { digitsOf, example, readAmount } from '../../../shared/lib/amount.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { Field } from '../ui/field.tsx';
import { t } from '../words.ts';
import { inMajor, type Payment } from './payments.tsx';

interface Props {
  readonly payment: Payment;
  readonly onChanged: () => void;
}

export function Refund({ payment, onChanged }: Props) {
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [done, setDone] = useState('');
  /** A refund without an answer: sent again, it is paid back once. */
  const open = useRef<{ same: string; key: string } | undefined>(undefined);
  const { isBusy, error, run } = useAction();
  const words = t().developers.payments;
  const { paymentId, currency, refundable } = payment;
  const digits = digitsOf(currency);

  function submit(event: Event): void {
    event.preventDefault();
    setDone('');
    const read = readAmount(text, locale, digits);
    if ('doubt' in read) return setProblem(t().amount[read.doubt](example(locale, digits)));
    if (read.minor > refundable) return setProblem(words.tooMuch(inMajor(refundable, currency)));
    setProblem('');
    const same = JSON.stringify([read.minor, reason.trim()]);
    const key = open.current?.same === same ? open.current.key : idempotencyKey();
    open.current = { same, key };
    // Of two equal parts each is meant: they differ by the reference, which is that of the try.
    const body = { paymentId, amount: read.minor, refundReference: key, reason: reason.trim() };
    run(async () => {
      try {
        const headers = { 'Idempotency-Key': key };
        const answer = await ask((api, signal) => api.POST('/refundPayment', { body, headers, signal }));
        setDone(words.paidBack(inMajor(answer.amount, answer.currency)));
        setText('');
        open.current = undefined;
        onChanged();
      } catch (failure) {
        if (!isUnknown(failure)) open.current = undefined;
        throw failure;
      }
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
        onInput={setText}
      />
      <Field label={words.reason} value={reason} onInput={setReason} />
      {error !== undefined && <Failed error={error} />}
      <button type="submit" class="severe" aria-disabled={isBusy}>
        {words.refund}
      </button>
      <p role="status">{done}</p>
    </form>
  );
}
