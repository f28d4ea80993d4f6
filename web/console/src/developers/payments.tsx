/** `/console/developers/payments`: what customers pay by the app; `/{paymentId}` is one payment. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { exactMoney, moment } from '../../../shared/i18n/format.ts';
import { digitsOf } from '../../../shared/lib/amount.ts';
import { parts } from '../../../shared/lib/router.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { Select } from '../ui/select.tsx';
import { usePages } from '../ui/use-pages.ts';
import { t } from '../words.ts';
import { Head } from './head.tsx';
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
  const { rows, error, isBusy, hasMore, more, again } = usePages<Payment>(
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
      <section class="panel" aria-busy={isBusy}>
        <Select
          label={words.stage}
          value={stage}
          options={[['', words.every], ...STAGES.map((each) => [each, words.statuses[each]] as const)]}
          onInput={(value) => setStage(value as Stage | '')}
        />
        {rows?.length === 0 && <p>{stage ? words.noneSuch : words.none}</p>}
        {rows && rows.length > 0 && (
          <ul class="log">
            {rows.map((each) => (
              <li class="event" key={each.paymentId}>
                <a href={`/console/developers/payments/${encodeURIComponent(each.paymentId)}`}>
                  {inMajor(each.amount, each.currency)}
                </a>
                <span class={`state ${each.status}`}>{words.statuses[each.status]}</span>
                <span class="quiet">
                  {moment(new Date(each.createdAt))} · {each.provider}
                  {each.isTest && ` · ${words.isTest}`}
                </span>
              </li>
            ))}
          </ul>
        )}
        {!rows && error === undefined && <Loading />}
        {error !== undefined && <Failed error={error} retry={again} />}
        {hasMore && error === undefined && (
          <button type="button" class="plain" aria-disabled={isBusy} onClick={more}>
            {words.earlier}
          </button>
        )}
      </section>
    </>
  );
}

/** Write an amount of the smallest unit as people do. */
export const inMajor = (minor: number, currency: string): string =>
  exactMoney(minor / 10 ** digitsOf(currency), currency);
