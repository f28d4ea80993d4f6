/** Which rows were not taken over, and why: some are shown, all are in a file. */

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { download } from '../../../shared/lib/download.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { t } from '../words.ts';
import { csvOf } from './csv.ts';
import { fieldsOf, reasonOf, type Row } from './row-faults.ts';

const SHOWN = 50;
const TAKEN_OVER: readonly string[] = ['created', 'updated'];

interface Props {
  readonly importId: string;
  readonly isTrial: boolean;
}

export function Report({ importId, isTrial }: Props) {
  const [rows, setRows] = useState<readonly Row[]>();
  const { error, run } = useAction();
  const words = t().imports;

  function load(): void {
    run(async () => setRows(await readAll(importId)));
  }
  useEffect(load, [importId]);

  if (error !== undefined) return <Failed error={error} retry={load} />;
  if (!rows) return <p class="quiet">{words.reading}</p>;
  const left = rows.filter((each) => !TAKEN_OVER.includes(each.outcome));
  const lines = new Map(rows.map((each) => [each.index, each.line]));
  if (left.length === 0) return <p>{isTrial ? words.allWould : words.all}</p>;

  function save(): void {
    const body = left.map((row) => [
      row.line,
      outcomeOf(row),
      fieldsOf(row),
      reasonOf(row, lines),
      row.error ?? '',
    ]);
    const head = [words.line, words.outcome, words.field, words.reason, words.code];
    download(csvOf([head, ...body]), 'text/csv', `${words.fileName}.csv`);
  }

  return (
    <>
      <h3>{isTrial ? words.leftWould : words.left}</h3>
      <ul class="plain-list entries">
        {left.slice(0, SHOWN).map((row) => (
          <li class="entry" key={row.index}>
            <span>
              {words.line} {row.line}: {outcomeOf(row)}
            </span>
            <span class="quiet whole">
              {row.fields.length === 1 && fieldsOf(row) && <strong>{fieldsOf(row)}: </strong>}
              {reasonOf(row, lines)}
            </span>
          </li>
        ))}
      </ul>
      {left.length > SHOWN && <p class="quiet">{words.more(left.length - SHOWN)}</p>}
      <div class="row start">
        <button type="button" class="second" onClick={save}>
          {words.save}
        </button>
      </div>
    </>
  );
}

async function readAll(importId: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = '0';
  while (cursor !== null) {
    const body: { importId: string; cursor: string } = { importId, cursor };
    const page = await ask((api, signal) => api.POST('/getImportStatus', { body, signal }));
    rows.push(...page.memberResults);
    cursor = page.nextCursor;
  }
  return rows;
}

const outcomeOf = (row: Row): string => t().imports.outcomes[row.outcome] ?? row.outcome;
