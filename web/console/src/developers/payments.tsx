/** `/console/developers/payments`: what customers pay by the app; `/{paymentId}` is one payment. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { exactMoney, moment } from '../../../shared/i18n/format.ts';
import { digitsOf } from '../../../shared/lib/amount.ts';
import { parts } from '../../../shared/lib/router.ts';
import { Select } from '../ui/select.tsx';
import { usePages } from '../ui/use-pages.ts';
import { t } from '../words.ts';
import { Head } from './head.tsx';
import { nameOf } from './names.ts';
import { PagedList } from './paged-list.tsx';
import { PaymentPage } from './payment.tsx';
import { storeHere } from './webhooks.tsx';

export type Payment = components['schemas']['Payment'];
type Stage = components['schemas']['Stage'];

const STAGES: readonly Stage[] = ['pending', 'requires_action', 'authorized', 'paid', 'failed', 'canceled'];
const PAGE = 25;

export default function Payments() {
  const [, , , paymentId] = parts();
  return paymentId === undefined ? <List /> : <PaymentPage paymentId={paymentId} key={paymentId} />;
}

function List() {
  const [stage, setStage] = useState<Stage | ''>('');
  const words = t().developers.payments;
  const pages = usePages<Payment>(
    async (cursor) => {
      const body = { storeId: storeHere(), stage: stage || null, limit: PAGE, cursor };
      const page = await ask((api, signal) => api.POST('/listPayments', { body, signal }));
      return { rows: page.payments, nextCursor: page.nextCursor };
    },
    (each) => each.paymentId,
    [stage],
  );
  return (
    <>
      <Head title={words.title} />
      <section class="panel" aria-busy={pages.isBusy}>
        {(stage !== '' || (pages.rows?.length ?? 0) > 0) && (
          <Select
            label={words.stage}
            value={stage}
            options={[['', words.every], ...STAGES.map((each) => [each, words.statuses[each]] as const)]}
            onInput={(value) => setStage(value as Stage | '')}
          />
        )}
        <PagedList
          pages={pages}
          none={stage ? words.noneSuch : words.none}
          earlier={words.earlier}
          row={(each) => <PaymentRow payment={each} key={each.paymentId} />}
        />
        {stage === '' && pages.rows?.length === 0 && <a class="back" href="/console/developers/connections">{words.toConnections}</a>}
      </section>
    </>
  );
}

function PaymentRow({ payment }: { readonly payment: Payment }) {
  const { paymentId, amount, currency, status, createdAt, provider, isTest } = payment;
  const words = t().developers.payments;
  return (
    <li class="event">
      <a href={`/console/developers/payments/${encodeURIComponent(paymentId)}`}>{inMajor(amount, currency)}</a>
      <span class={`state ${status}`}>{words.statuses[status]}</span>
      <span class="quiet">
        {moment(new Date(createdAt))} · {nameOf('psp', provider)}
        {isTest && ` · ${words.isTest}`}
      </span>
    </li>
  );
}

/** Write an amount of the smallest unit as people do. */
export const inMajor = (minor: number, currency: string): string =>
  exactMoney(minor / 10 ** digitsOf(currency), currency);
