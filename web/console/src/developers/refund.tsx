/** Pay back a payment, or a part of it. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { locale } from '../../../shared/i18n/format.ts';
import { digitsOf, example, readAmount } from '../../../shared/lib/amount.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { Field } from '../ui/field.tsx';
import { useWrite } from '../ui/use-write.ts';
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
  const { isBusy, error, send } = useWrite();
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
    const part = { paymentId, amount: read.minor, reason: reason.trim() };
    send(part, async (headers) => {
      // Of two equal parts each is meant: they differ by the reference, which is that of the try.
      const body = { ...part, refundReference: headers['Idempotency-Key'] };
      const answer = await ask((api, signal) => api.POST('/refundPayment', { body, headers, signal }));
      setDone(words.paidBack(inMajor(answer.amount, answer.currency)));
      setText('');
      onChanged();
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
