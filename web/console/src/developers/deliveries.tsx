/** What was sent to an endpoint, and whether it arrived: watched while something is on its way. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { may } from '../access.ts';
import { Select } from '../ui/select.tsx';
import { usePages } from '../ui/use-pages.ts';
import { t } from '../words.ts';
import { DeliveryItem } from './delivery.tsx';
import { PagedList } from './paged-list.tsx';
import { Recover } from './recover.tsx';
import { usePolling } from '../ui/use-polling.ts';
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
  const pages = usePages(
    async (cursor) => {
      const body = { storeId: storeHere(), webhookId, state: state || null, limit: PAGE, cursor };
      const page = await ask((api, signal) => api.POST('/listWebhookDeliveries', { body, signal }));
      return { rows: page.deliveries, nextCursor: page.nextCursor };
    },
    (each) => each.deliveryId,
    [state, times],
  );
  usePolling(pages.refresh, pages.rows?.some((each) => each.state === 'pending') ?? false);

  return (
    <section class="panel" aria-busy={pages.isBusy} aria-labelledby="deliveries">
      <h2 id="deliveries">{words.deliveries}</h2>
      <Select
        label={words.state}
        value={state}
        options={[['', words.every], ...STATES.map((each) => [each, words.states[each]] as const)]}
        onInput={(value) => setState(value as State | '')}
      />
      <PagedList
        pages={pages}
        none={state ? words.noneSuch : words.noDeliveries}
        earlier={words.earlier}
        row={(each) => <DeliveryItem delivery={each} onSent={onSent} key={each.deliveryId} />}
      />
      {may('recoverWebhookDeliveries') && <Recover webhookId={webhookId} onSent={onSent} />}
    </section>
  );
}
