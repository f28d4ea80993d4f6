/** What was booked on a card, the newest first, each with its reason. */

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { moment } from '../../../shared/i18n/format.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import type { Program } from '../store.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { amount, t } from '../words.ts';

type Entry = components['schemas']['HistoryTransaction'];

interface Props {
  readonly userId: string;
  readonly program: Program;
  /** It rises with each booking: then the history is read again. */
  readonly version: number;
}

export function History({ userId, program, version }: Props) {
  const [entries, setEntries] = useState<readonly Entry[]>();
  const [cursor, setCursor] = useState<string | null>(null);
  const { isBusy, error, run } = useAction();
  const words = t().member;

  function load(from: string | null): void {
    run(async () => {
      const body = { programId: program.programId, userId, limit: 10, cursor: from };
      const page = await ask((api, signal) => api.POST('/getLoyaltyTransactions', { body, signal }));
      setEntries((before) => [...(from === null ? [] : (before ?? [])), ...page.transactions]);
      setCursor(page.nextCursor);
    });
  }
  useEffect(() => load(null), [userId, program.programId, version]);

  return (
    <div class="stack" aria-busy={isBusy}>
      <h3>{words.history}</h3>
      {entries?.length === 0 && <p class="quiet">{words.none}</p>}
      {!entries && error === undefined && <Loading />}
      <ul class="plain-list">
        {entries?.map((entry) => (
          <li class="entry" key={entry.entryId}>
            <span>{sentenceFor(entry)}</span>
            <span class={entry.points < 0 ? 'minus' : 'plus'}>
              {entry.points > 0 && '+'}
              {amount(entry.points || entry.pendingPoints, program)}
            </span>
            <time class="quiet" dateTime={entry.createdAt}>
              {moment(new Date(entry.createdAt))}
            </time>
          </li>
        ))}
      </ul>
      {error !== undefined && <Failed error={error} retry={() => load(cursor)} />}
      {cursor !== null && error === undefined && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={() => load(cursor)}>
          {words.earlier}
        </button>
      )}
    </div>
  );
}

function sentenceFor(entry: Entry): string {
  const kind = t().member.kinds[entry.type] ?? entry.type;
  return entry.description ? `${kind}: ${entry.description}` : kind;
}
