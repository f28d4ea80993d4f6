/** What was sent to an endpoint, and whether it arrived: watched while something is on its way. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import { Select } from '../ui/select.tsx';
import { usePages } from '../ui/use-pages.ts';
import { t } from '../words.ts';
import { DeliveryItem } from './delivery.tsx';
import { Recover } from './recover.tsx';
import { usePolling } from './use-polling.ts';
import { storeHere } from './webhooks.tsx';

export type Delivery = components['schemas']['Delivery'];
type State = Delivery['state'];

const STATES = ['succeeded', 'pending', 'dead', 'skipped'] as const;
const PAGE = 20;

interface Props {
  readonly webhookId: string;
  /** Changes when something was sent. */
  readonly times: number;
  readonly onSent: () => void;
}

export function Deliveries({ webhookId, times, onSent }: Props) {
  const [state, setState] = useState<State | ''>('');
  const words = t().developers.webhooks;
  const { rows, error, isBusy, hasMore, more, again, refresh } = usePages(
    async (cursor) => {
      const body = { storeId: storeHere(), webhookId, state: state || null, limit: PAGE, cursor };
      const page = await ask((api, signal) => api.POST('/listWebhookDeliveries', { body, signal }));
      return { rows: page.deliveries, nextCursor: page.nextCursor };
    },
    (each) => each.deliveryId,
    [state, times],
  );
  usePolling(refresh, rows?.some((each) => each.state === 'pending') ?? false);

  return (
    <section class="panel" aria-busy={isBusy} aria-labelledby="deliveries">
      <h2 id="deliveries">{words.deliveries}</h2>
      <Select
        label={words.state}
        value={state}
        options={[['', words.every], ...STATES.map((each) => [each, words.states[each]] as const)]}
        onInput={(value) => setState(value as State | '')}
      />
      {rows?.length === 0 && <p>{state ? words.noneSuch : words.noDeliveries}</p>}
      {rows && rows.length > 0 && (
        <ul class="log">
          {rows.map((each) => (
            <DeliveryItem delivery={each} onSent={onSent} key={each.deliveryId} />
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
      {may('recoverWebhookDeliveries') && <Recover webhookId={webhookId} onSent={onSent} />}
    </section>
  );
}
