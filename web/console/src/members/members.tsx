/** `/console/members`: find a person, or look through the newest members. */

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { day } from '../../../shared/i18n/format.ts';
import { go } from '../../../shared/lib/router.ts';
import { wayOf } from '../../../shared/lib/who.ts';
import { Failed, Loading, sentenceOf } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import { Field } from '../ui/field.tsx';
import { identify, nameOf } from '../people.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { t } from '../words.ts';

type Row = components['schemas']['MemberRow'];

const linkTo = (userId: string): string => `/console/members/${encodeURIComponent(userId)}`;

export default function Members() {
  return (
    <>
      <h1 tabIndex={-1}>{t().members.title}</h1>
      {may('identifyMember') && <Find />}
      <Newest />
    </>
  );
}

function Find() {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const { isBusy, run } = useAction();
  const words = t().members;

  function find(event: Event): void {
    event.preventDefault();
    const way = wayOf(text);
    setProblem(way ? '' : words.empty);
    if (!way) return;
    run(async () => {
      try {
        go(linkTo((await identify(way)).userId));
      } catch (error) {
        setProblem(sentenceOf(error));
      }
    });
  }

  return (
    <form class="panel" role="search" noValidate onSubmit={find}>
      <Field label={words.who} problem={problem} value={text} onInput={setText} />
      <button type="submit" aria-disabled={isBusy}>
        {words.find}
      </button>
    </form>
  );
}

function Newest() {
  const [rows, setRows] = useState<readonly Row[]>();
  const [cursor, setCursor] = useState<string | null>(null);
  const { isBusy, error, run } = useAction();
  const words = t().members;

  function load(from: string | null): void {
    run(async () => {
      const body = { sortBy: 'createdAt', sortDirection: 'desc', limit: 20, cursor: from } as const;
      const page = await ask((api, signal) => api.POST('/listMembers', { body, signal }));
      setRows((before) => [...(from === null ? [] : (before ?? [])), ...page.members]);
      setCursor(page.nextCursor);
    });
  }
  useEffect(() => load(null), []);

  return (
    <section class="panel" aria-busy={isBusy}>
      {rows?.length === 0 && <p>{words.none}</p>}
      {rows && rows.length > 0 && (
        <table>
          <caption>{words.newest}</caption>
          <thead>
            <tr>
              {[words.name, words.contact, words.number, words.standing, words.since].map((each) => (
                <th scope="col" key={each}>
                  {each}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.userId}>
                <th scope="row">
                  <a href={linkTo(row.userId)}>{nameOf(row)}</a>
                </th>
                <td>{row.email ?? row.phone}</td>
                <td>{row.customerNumber}</td>
                <td>{words.status[row.status]}</td>
                <td>{day(new Date(row.createdAt))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!rows && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={() => load(cursor)} />}
      {rows && cursor !== null && error === undefined && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={() => load(cursor)}>
          {words.more}
        </button>
      )}
    </section>
  );
}
