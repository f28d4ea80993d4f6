/** What was written into the store's shops, or could not be: cards of customers, and codes of rewards. */

import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { moment } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { may } from '../access.ts';
import { usePages } from '../ui/use-pages.ts';
import { t } from '../words.ts';
import { FailedThere } from './failed-there.tsx';
import { nameOf } from './names.ts';
import { PagedList } from './paged-list.tsx';
import { Sentence } from './sentences.tsx';
import { usePolling } from '../ui/use-polling.ts';
import { storeHere } from './webhooks.tsx';

type Write = components['schemas']['ShopWrite'];

export function ShopWrites() {
  const words = t().developers.connections;
  const pages = usePages<Write>(
    async (cursor) => {
      const body = { storeId: storeHere(), limit: 20, cursor };
      const page = await ask((api, signal) => api.POST('/listShopWrites', { body, signal }));
      return { rows: page.writes, nextCursor: page.nextCursor };
    },
    (each) => each.writeId,
    [],
  );
  const isUnderWay = pages.rows?.some((each) => each.state === 'pending') ?? false;
  usePolling(pages.refresh, isUnderWay); // Soon and often; without it, what happens by itself comes more slowly.
  usePolling(pages.refresh, !isUnderWay);
  return (
    <section class="panel" aria-busy={pages.isBusy}>
      <h2>{words.writes}</h2>
      <PagedList
        pages={pages}
        none={words.noWrites}
        earlier={words.earlier}
        row={(each) => <WriteRow write={each} onChanged={() => void pages.refresh()} key={each.writeId} />}
      />
    </section>
  );
}

function WriteRow({ write, onChanged }: { readonly write: Write; readonly onChanged: () => void }) {
  const { error, isBusy, run } = useAction();
  const words = t().developers.connections;

  function retry(): void {
    run(async () => {
      const body = { writeId: write.writeId };
      await ask((api, signal) => api.POST('/retryShopWrite', { body, signal }));
      onChanged();
    });
  }
  return (
    <li class="event">
      <span>
        {words.writeKinds[write.kind]} · {nameOf('shop', write.system)} · {write.userId ?? write.customerId}
      </span>
      <span class={`state ${write.state}`}>{words.writeStates[write.state]}</span>
      <span class="quiet">
        {moment(new Date(write.updatedAt))}
        {write.nextAttemptAt !== null && write.attempts > 0 && ` · ${words.nextTry(moment(new Date(write.nextAttemptAt)))}`}
      </span>
      {write.message !== null && (
        <span class="quiet">
          {write.reason !== null && `${words.reasons[write.reason] ?? write.reason} `}
          <Sentence text={write.message} meaning={write.meaning} />
        </span>
      )}
      {write.state === 'dead' && may('retryShopWrite') && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={retry}>
          {words.retry}
        </button>
      )}
      {error !== undefined && <FailedThere error={error} />}
    </li>
  );
}
