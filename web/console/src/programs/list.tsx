/** `/console/programs`: the programs of the store, and the draft that this browser has. */

import './programs.css';
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { day } from '../../../shared/i18n/format.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may, store } from '../access.ts';
import type { Draft } from './draft.ts';
import { dropDraft, recallDraft } from './kept-draft.ts';
import { p } from './words.ts';

type Program = components['schemas']['Program'];

export default function Programs() {
  const storeId = store.value?.storeId ?? '';
  const [programs, setPrograms] = useState<readonly Program[]>();
  const [draft, setDraft] = useState(() => recallDraft(storeId));
  const [error, setError] = useState<unknown>();
  const words = p().programs;
  const canMake = may('createLoyaltyProgram');

  function load(): void {
    setError(undefined);
    ask((api, signal) => api.POST('/getLoyaltyPrograms', { body: { storeId }, signal })).then(
      (answer) => setPrograms(answer.programs),
      setError,
    );
  }
  useEffect(load, [storeId]);

  return (
    <>
      <div class="row">
        <h1 tabIndex={-1}>{words.title}</h1>
        {canMake && (
          <a class="button" href="/console/programs/new/type">
            {draft ? words.goOn : words.new}
          </a>
        )}
      </div>
      {!programs && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={load} />}
      {programs?.length === 0 && !draft && <p class="panel">{words.none}</p>}
      {programs && (programs.length > 0 || draft) && (
        <section class="panel">
          <Table programs={programs} draft={canMake ? draft : undefined} />
          {draft && canMake && (
            <button
              type="button"
              class="plain"
              onClick={() => {
                dropDraft(storeId);
                setDraft(undefined);
              }}
            >
              {p().wizard.discard}
            </button>
          )}
        </section>
      )}
      {may('getStoreQrCode') && programs?.some((each) => each.isActive) && (
        <a class="back" href="/console/programs/poster">
          {words.poster}
        </a>
      )}
      {!canMake && <p class="quiet">{words.readOnly}</p>}
    </>
  );
}

function Table({ programs, draft }: { readonly programs: readonly Program[]; readonly draft: Draft | undefined }) {
  const words = p().programs;
  return (
    <table>
      <caption>{words.caption}</caption>
      <thead>
        <tr>
          {[words.name, words.kind, words.state, words.since].map((each) => (
            <th scope="col" key={each}>
              {each}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {draft && (
          <tr>
            <th scope="row">
              <a href="/console/programs/new/type">{draft.programName.trim() || words.unnamed}</a>
            </th>
            <td>{draft.programType && words.types[draft.programType]}</td>
            <td>{words.states.draft}</td>
            <td />
          </tr>
        )}
        {programs.map((each) => (
          <tr key={each.programId}>
            <th scope="row">
              <a href={`/console/programs/${encodeURIComponent(each.programId)}`}>{each.programName}</a>
            </th>
            <td>{words.types[each.programType]}</td>
            <td>{each.isActive ? words.states.active : words.states.inactive}</td>
            <td>{day(new Date(each.createdAt))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
