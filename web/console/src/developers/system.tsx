/** One till, ERP or shop: how its last sync went, with what was remarked, and syncing it now. */

import { ask, Problem } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { moment, number } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Sure } from '../../../shared/ui/sure.tsx';
import { may } from '../access.ts';
import { t } from '../words.ts';
import { FailedThere } from './failed-there.tsx';
import { nameOf } from './names.ts';
import { Sentence } from './sentences.tsx';
import { Settings } from './settings.tsx';
import { storeHere } from './webhooks.tsx';

type System = components['schemas']['System'];
type Sync = NonNullable<System['lastSync']>;
type Counts = components['schemas']['StreamCounts'];

interface Props {
  readonly system: System;
  readonly onChanged: () => void;
}

const ACTIONS = { pos: 'syncPOS', erp: 'syncERP', shop: 'syncShop' } as const;

export function SystemPanel({ system, onChanged }: Props) {
  const { isBusy, error, run } = useAction();
  const words = t().developers.connections;
  const { kind, system: id, schedule, nextSyncAt, lastSync, isConfigured, config } = system;
  const name = nameOf(kind, id);
  const action = ACTIONS[kind];

  /** Whether the sync itself says what it has failed by. */
  const isTold = error instanceof Problem && error.code === lastSync?.failure;

  function sync(): void {
    run(async () => {
      const body = { storeId: storeHere(), system: id as never }; // of its own kind
      // What has failed is a sync, too: it is read as well.
      await ask((api, signal) => api.POST(`/${action}`, { body, signal })).finally(onChanged);
    });
  }
  function remove(): void {
    run(async () => {
      const body = { storeId: storeHere(), kind, system: id };
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
      {isConfigured && (lastSync ? <Progress sync={lastSync} /> : <p>{words.noSync}</p>)}
      {!isConfigured && lastSync && (
        <details>
          <summary>{words.lastSync}</summary>
          <div class="stack">
            <Progress sync={lastSync} />
          </div>
        </details>
      )}
      <Settings kind={kind} system={id} config={config} />
      {isConfigured && !may(action) && <p class="quiet">{words.ownersSync}</p>}
      <div class="acts">
        {may(action) && isConfigured && (
          <button type="button" class="plain" aria-disabled={isBusy} onClick={sync}>
            {isBusy ? words.syncing : words.syncNow} <span class="for-readers">{name}</span>
          </button>
        )}
        {may('deleteSyncConfiguration') && isConfigured && (
          <Sure look="plain" question={words.removeSystemSure} yes={words.removeYes} act={remove} isBusy={isBusy}>
            {words.remove} <span class="for-readers">{name}</span>
          </Sure>
        )}
      </div>
      {error !== undefined && !isTold && <FailedThere error={error} />}
    </section>
  );
}

function Progress({ sync }: { readonly sync: Sync }) {
  const words = t().developers.connections;
  const at = moment(new Date(sync.finishedAt ?? sync.updatedAt));
  const reason = sync.failureMessage;
  const sentence = sync.problem === null ? t().problem.codes[sync.failure ?? ''] : words.syncProblems[sync.problem];
  const counts = Object.entries(sync.counts);
  return (
    <>
      <p>
        <span class={`state ${sync.state}`}>{words.states[sync.state]}</span>{' '}
        <span class="quiet">
          {sync.state === 'running' && sync.stream !== null && `${words.streams[sync.stream] ?? sync.stream} · `}
          {at}
          {sync.retryAt !== null && ` · ${words.goesOn(moment(new Date(sync.retryAt)))}`}
        </span>
      </p>
      {sentence && <p class="problem">{sentence}</p>}
      {reason !== null && (
        <p class={sentence ? 'quiet' : 'problem'}>
          <Sentence text={reason} meaning={sync.failureMeaning} />
        </p>
      )}
      {counts.length > 0 && (
        <dl>
          {counts.map(([stream, each]) => (
            <div class="pair" key={stream}>
              <dt>{words.streams[stream] ?? stream}</dt>
              <dd>{countsOf(each)}</dd>
            </div>
          ))}
        </dl>
      )}
      {sync.remarks.length > 0 && (
        <details>
          <summary>{words.remarks(sync.remarks.length)}</summary>
          <ul class="remarks">
            {sync.remarks.map((each) => (
              <li key={`${each.stream} ${each.externalId} ${each.reason}`}>
                <span class="quiet">
                  {words.streams[each.stream] ?? each.stream} {each.externalId && <code>{each.externalId}</code>}
                </span>
                <span>
                  <Sentence text={each.reason} meaning={each.meaning} />
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** "5 read, 2 new": what is zero is left out, but that nothing was read. */
function countsOf(counts: Counts): string {
  const words = t().developers.connections.counts;
  const names = Object.keys(words) as (keyof typeof words)[];
  const told = names.filter((name) => name === 'read' || counts[name] > 0);
  return told.map((name) => `${number(counts[name])} ${words[name]}`).join(', ');
}
