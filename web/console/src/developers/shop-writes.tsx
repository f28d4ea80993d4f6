/** What was written into the store's shops, or could not be: cards of customers, and codes of rewards. */

import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { moment } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import { usePages } from '../ui/use-pages.ts';
import { t } from '../words.ts';
import { storeHere } from './webhooks.tsx';

type Write = components['schemas']['ShopWrite'];

export function ShopWrites() {
  const words = t().developers.connections;
  const { rows, error, isBusy, hasMore, more, again, refresh } = usePages<Write>(
    async (cursor) => {
      const body = { storeId: storeHere(), limit: 20, cursor };
      const page = await ask((api, signal) => api.POST('/listShopWrites', { body, signal }));
      return { rows: page.writes, nextCursor: page.nextCursor };
    },
    (each) => each.writeId,
    [],
  );
  return (
    <section class="panel" aria-busy={isBusy}>
      <h2>{words.writes}</h2>
      {rows?.length === 0 && <p>{words.noWrites}</p>}
      {rows && rows.length > 0 && (
        <ul class="log">
          {rows.map((each) => (
            <WriteRow write={each} onChanged={() => void refresh()} key={each.writeId} />
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
        {words.writeKinds[write.kind]} · {write.system} · {write.userId ?? write.customerId}
      </span>
      <span class={`state ${write.state}`}>{words.writeStates[write.state]}</span>
      <span class="quiet">
        {moment(new Date(write.updatedAt))}
        {(write.message ?? write.reason) !== null && <span lang="en"> · {write.message ?? write.reason}</span>}
      </span>
      {write.state === 'dead' && may('retryShopWrite') && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={retry}>
          {words.retry}
        </button>
      )}
      {error !== undefined && <Failed error={error} />}
    </li>
  );
}
