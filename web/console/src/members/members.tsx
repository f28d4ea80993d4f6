/** `/console/members`: find a person, or look through the newest members. */

import { useEffect, useState } from 'preact/hooks';
import './members.css';
import { ask } from '../../../shared/api/client.ts';
import { go } from '../../../shared/lib/router.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import type { Member } from '../people.ts';
import { t } from '../words.ts';
import { FindMember } from './find-member.tsx';
import { linkTo, MemberTable } from './member-table.tsx';
import { NewMember } from './new-member.tsx';

export default function Members() {
  const [isMaking, setMaking] = useState(false);
  const words = t().members;
  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      <section class="panel">
        <FindMember onChosen={({ userId }) => go(linkTo(userId))} />
      </section>
      {isMaking && <NewMember onLeave={() => setMaking(false)} />}
      {!isMaking && (
        <div class="row start">
          {may('createMember') && (
            <button type="button" class="second" onClick={() => setMaking(true)}>
              {words.create}
            </button>
          )}
          {may('importMembers', 'getImportStatus') && (
            <a class="button second" href="/console/imports">
              {words.import}
            </a>
          )}
          {may('configureMembers') && (
            <a class="button second" href="/console/fields">
              {t().fields.title}
            </a>
          )}
        </div>
      )}
      <Newest />
    </>
  );
}

function Newest() {
  const [rows, setRows] = useState<readonly Member[]>();
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
      {rows && rows.length > 0 && <MemberTable caption={words.newest} rows={rows} />}
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
