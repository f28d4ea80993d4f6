/** One payment: how it stands, and what can be done with it: take, cancel or pay back. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { moment } from '../../../shared/i18n/format.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { may } from '../access.ts';
import { useRead } from '../ui/use-read.ts';
import { useWrite } from '../ui/use-write.ts';
import { t } from '../words.ts';
import { FailedThere } from './failed-there.tsx';
import { Head } from './head.tsx';
import { nameOf } from './names.ts';
import { inMajor, type Payment } from './payments.tsx';
import { Refund } from './refund.tsx';

export function PaymentPage({ paymentId }: { readonly paymentId: string }) {
  const [done, setDone] = useState('');
  const words = t().developers.payments;
  const body = { paymentId };
  const found = useRead(() => ask((api, signal) => api.POST('/getPayment', { body, signal })), [paymentId]);
  const payment = found.value?.payment;
  function changed(sentence: string): void {
    setDone(sentence);
    found.again();
  }
  return (
    <>
      <Head title={payment ? inMajor(payment.amount, payment.currency) : words.title} />
      <a class="back" href="/console/developers/payments">
        {words.back}
      </a>
      {!payment && found.error === undefined && <Loading />}
      {found.error !== undefined && <Failed error={found.error} retry={found.again} />}
      {payment && (
        <>
          <Facts payment={payment} />
          <p role="status">{done}</p>
          <Act payment={payment} onChanged={changed} />
          {payment.refundable > 0 && may('refundPayment') && <Refund payment={payment} onBegun={() => setDone('')} onChanged={changed} />}
        </>
      )}
    </>
  );
}

function Facts({ payment }: { readonly payment: Payment }) {
  const words = t().developers.payments;
  const money = (minor: number): string => inMajor(minor, payment.currency);
  const provider = nameOf('psp', payment.provider);
  const problem = payment.problem === null ? '' : (words.problems[payment.problem] ?? payment.problem);
  const lines = [
    [words.stage, words.statuses[payment.status]],
    [words.captured, payment.captured > 0 && money(payment.captured)],
    [words.refunded, payment.refunded > 0 && money(payment.refunded)],
    [words.chargedBack, payment.chargedBack > 0 && money(payment.chargedBack)],
    [words.provider, payment.isTest ? `${provider} · ${words.isTest}` : provider],
    [words.made, moment(new Date(payment.createdAt))],
    [words.customer, payment.userId],
    [words.id, payment.paymentId],
    [words.purchase, payment.purchaseId],
    [words.failure, payment.failure],
  ] as const;
  return (
    <section class="panel">
      <dl>
        {lines.map(
          ([label, value]) =>
            value && (
              <div class="pair" key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {problem && <p class="problem">{problem}</p>}
      {payment.refunds.length > 0 && (
        <ul class="log" aria-label={words.refunds}>
          {payment.refunds.map((each) => (
            <li class="event" key={each.refundId}>
              <span>
                {money(each.amount)}
                {each.reason && ` · ${each.reason}`}
              </span>
              <span class={`state ${each.status}`}>{words.refundStatuses[each.status]}</span>
              <span class="quiet">{moment(new Date(each.createdAt))}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface ActProps {
  readonly payment: Payment;
  /** With what was done, in words. */
  readonly onChanged: (sentence: string) => void;
}

function Act({ payment, onChanged }: ActProps) {
  const { isBusy, error, send } = useWrite();
  const words = t().developers.payments;
  const body = { paymentId: payment.paymentId };
  const canCapture = payment.status === 'authorized' && may('capturePayment');
  const canCancel = ['authorized', 'pending', 'requires_action'].includes(payment.status) && may('cancelPayment');
  if (!canCapture && !canCancel) return null;

  function act(action: '/capturePayment' | '/cancelPayment'): void {
    send(action, async (headers) => {
      await ask((api, signal) => api.POST(action, { body, headers, signal }));
      onChanged(action === '/capturePayment' ? words.taken : words.cancelled);
    });
  }

  return (
    <section class="panel" aria-busy={isBusy}>
      <div class="acts">
        {canCapture && (
          <Sure isBusy={isBusy} question={words.captureSure} yes={words.captureYes} act={() => act('/capturePayment')}>
            {words.capture}
          </Sure>
        )}
        {canCancel && (
          <Sure isBusy={isBusy} look="plain" question={words.cancelSure} yes={words.cancelYes} act={() => act('/cancelPayment')}>
            {words.cancel}
          </Sure>
        )}
      </div>
      {error !== undefined && <FailedThere error={error} />}
    </section>
  );
}
