/** `/console/programs`: the programs of the store, and the draft that this browser has. */

import './programs.css';
import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { day } from '../../../shared/i18n/format.ts';
import { go } from '../../../shared/lib/router.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { may, store } from '../access.ts';
import { useRead } from '../ui/use-read.ts';
import type { Draft } from './draft.ts';
import { dropDraft, recallDraft } from './kept-draft.ts';
import { p } from './words.ts';

const WIZARD = '/console/programs/new/type';

type Program = components['schemas']['Program'];

export default function Programs() {
  const storeId = store.value?.storeId ?? '';
  const [draft] = useState(() => recallDraft(storeId));
  const read = useRead(() => ask((api, signal) => api.POST('/getLoyaltyPrograms', { body: { storeId }, signal })), [storeId]);
  const { error, again: load } = read;
  const programs = read.value?.programs;
  const words = p().programs;
  const canMake = may('createLoyaltyProgram');

  function beginAnew(): void {
    dropDraft(storeId);
    go(WIZARD);
  }

  return (
    <>
      <div class="row">
        <h1 tabIndex={-1}>{words.title}</h1>
        {canMake && !draft && (
          <a class="button" href={WIZARD}>
            {words.new}
          </a>
        )}
      </div>
      {!programs && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={load} />}
      {draft && canMake && <Begun draft={draft} onBeginAnew={beginAnew} />}
      {programs?.length === 0 && !draft && <p class="panel">{words.none}</p>}
      {programs && programs.length > 0 && (
        <section class="panel">
          <Table programs={programs} />
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

/** A draft is neither forgotten nor taken for a new program. */
function Begun({ draft, onBeginAnew }: { readonly draft: Draft; readonly onBeginAnew: () => void }) {
  const words = p().programs;
  const { title, anew, anewAsk, anewYes } = p().wizard.draft;
  const kind = draft.programType && words.types[draft.programType];
  return (
    <section class="panel">
      <h2>{title}</h2>
      <p>{[draft.programName.trim() || words.unnamed, kind].filter(Boolean).join(' · ')}</p>
      <div class="line">
        <a class="button" href={`/console/programs/new/${draft.furthest}`}>
          {words.goOn}
        </a>
        <Sure question={anewAsk} yes={anewYes} look="plain" act={onBeginAnew}>
          {anew}
        </Sure>
      </div>
    </section>
  );
}

function Table({ programs }: { readonly programs: readonly Program[] }) {
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
        {programs.map((each) => (
          <tr key={each.programId}>
            <th scope="row">
              <a href={`/console/programs/${encodeURIComponent(each.programId)}`}>{each.programName}</a>
            </th>
            <td data-label={words.kind}>{words.types[each.programType]}</td>
            <td data-label={words.state}>{each.isActive ? words.states.active : words.states.inactive}</td>
            <td data-label={words.since}>{day(new Date(each.createdAt))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
