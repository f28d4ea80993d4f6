/** One till, ERP or shop: how its last sync went, with what was remarked, and syncing it now. */

import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { moment, number } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { may } from '../access.ts';
import { t } from '../words.ts';
import { Settings } from './settings.tsx';
import { storeHere } from './webhooks.tsx';

type System = components['schemas']['System'];
type Sync = NonNullable<System['lastSync']>;

interface Props {
  readonly system: System;
  readonly onChanged: () => void;
}

const ACTIONS = { pos: 'syncPOS', erp: 'syncERP', shop: 'syncShop' } as const;

export function SystemPanel({ system, onChanged }: Props) {
  const { isBusy, error, run } = useAction();
  const words = t().developers.connections;
  const { kind, system: name, schedule, nextSyncAt, lastSync, isConfigured, config } = system;
  const action = ACTIONS[kind];

  function sync(): void {
    run(async () => {
      const body = { storeId: storeHere(), system: name as never }; // of its own kind
      await ask((api, signal) => api.POST(`/${action}`, { body, signal }));
      onChanged();
    });
  }
  function remove(): void {
    run(async () => {
      const body = { storeId: storeHere(), kind, system: name };
      await ask((api, signal) => api.POST('/deleteSyncConfiguration', { body, signal }));
      onChanged();
    });
  }

  return (
    <section class="panel" aria-label={`${name} ${words.kinds[kind]}`} aria-busy={isBusy}>
      <h3>
        {name} <span class="quiet">{words.kinds[kind]}</span>
      </h3>
      <p class="quiet">
        {isConfigured ? words.schedules[schedule] : words.notConfigured}
        {nextSyncAt !== null && ` · ${words.nextSync(moment(new Date(nextSyncAt)))}`}
      </p>
      {lastSync ? <Progress sync={lastSync} /> : <p>{words.noSync}</p>}
      <Settings config={config} />
      <div class="acts">
        {may(action) && isConfigured && (
          <button type="button" class="plain" aria-disabled={isBusy} onClick={sync}>
            {words.syncNow} <span class="for-readers">{name}</span>
          </button>
        )}
        {may('deleteSyncConfiguration') && isConfigured && (
          <Sure look="plain" question={words.removeSystemSure} yes={words.removeYes} act={remove}>
            {words.remove} <span class="for-readers">{name}</span>
          </Sure>
        )}
      </div>
      {error !== undefined && <Failed error={error} />}
    </section>
  );
}

function Progress({ sync }: { readonly sync: Sync }) {
  const words = t().developers.connections;
  const at = moment(new Date(sync.finishedAt ?? sync.updatedAt));
  const reason = sync.failureMessage ?? sync.problem;
  const counts = Object.entries(sync.counts);
  return (
    <>
      <p>
        <span class={`state ${sync.state}`}>{words.states[sync.state]}</span> <span class="quiet">{at}</span>
      </p>
      {reason !== null && (
        <p class="problem" lang="en">
          {reason}
        </p>
      )}
      {counts.length > 0 && (
        <dl>
          {counts.map(([stream, each]) => (
            <div class="pair" key={stream}>
              <dt>{words.streams[stream] ?? stream}</dt>
              <dd>{words.counted(number(each.read), number(each.created), number(each.changed))}</dd>
            </div>
          ))}
        </dl>
      )}
      {sync.remarks.length > 0 && (
        <details>
          <summary>{words.remarks(sync.remarks.length)}</summary>
          <ul>
            {sync.remarks.map((each) => (
              <li key={`${each.stream} ${each.externalId} ${each.reason}`}>
                {words.streams[each.stream] ?? each.stream} <code>{each.externalId}</code>:{' '}
                <span lang="en">{each.reason}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
