/** Show who would move to which level, and move them if the person says so. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../../../../shared/api/client.ts';
import type { components } from '../../../../shared/api/schema.gen.ts';
import { counted, number } from '../../../../shared/i18n/format.ts';
import { Failed } from '../../../../shared/ui/status.tsx';
import { Sure } from '../../../../shared/ui/sure.tsx';
import type { Program } from '../program.ts';
import { isUnsavedHere } from '../../ui/unsaved.ts';
import { useWrite } from '../../ui/use-write.ts';
import { p } from '../words.ts';

type Found = components['schemas']['GetTierRecalculationResponse'];

const PAUSE_MS = 1_000;

export function WhoMoves({ program }: { readonly program: Program }) {
  const words = p().levels;
  const [found, setFound] = useState<Found>();
  const isGone = useRef(false);
  const { isBusy, error, send } = useWrite();
  useEffect(
    () => () => {
      isGone.current = true;
    },
    [],
  );

  function begin(dryRun: boolean): void {
    setFound(undefined);
    const body = { programId: program.programId, dryRun };
    send(body, async (headers) => {
      const { recalculationId } = await ask((api, signal) => api.POST('/recalculateTiers', { body, headers, signal }));
      await follow(recalculationId);
    });
  }

  /** A task carries it out: ask until it is done, or the person has gone on. */
  async function follow(recalculationId: string): Promise<void> {
    for (;;) {
      const body = { recalculationId };
      const answer = await ask((api, signal) => api.POST('/getTierRecalculation', { body, signal }));
      if (isGone.current) return;
      setFound(answer);
      if (answer.state !== 'running') return;
      await new Promise((later) => setTimeout(later, PAUSE_MS));
    }
  }

  return (
    <section class="panel" aria-busy={isBusy}>
      <h2>{words.move}</h2>
      <p class="quiet">{words.moveNote}</p>
      {isUnsavedHere.value && <p>{words.moveSaved}</p>}
      <div>
        <button type="button" class="outlined" aria-disabled={isBusy} onClick={() => begin(true)}>
          {words.look}
        </button>
      </div>
      {error !== undefined && <Failed error={error} />}
      <p role="status">{found && sentenceOf(found)}</p>
      {found && found.state === 'succeeded' && found.moved > 0 && <Moves found={found} />}
      {found && found.state === 'succeeded' && found.dryRun && found.moved > 0 && (
        <Sure question={words.nowAsk} yes={words.yes} act={() => begin(false)}>
          {words.now}
        </Sure>
      )}
    </section>
  );
}

function sentenceOf({ state, dryRun, checked, moved }: Found): string {
  const words = p().levels;
  const looked = counted(checked, words.checked);
  if (state === 'running') return words.looking(counted(checked, words.members));
  if (state !== 'succeeded') return words.failed;
  if (!dryRun) return words.moved(counted(moved, words.members));
  return moved === 0 ? words.nobody(looked) : words.would(number(moved), looked);
}

function Moves({ found }: { readonly found: Found }) {
  const words = p().levels;
  return (
    <>
      <ul class="plain-list">
        {found.moves.map(({ fromTier, toTier, members }) => (
          <li key={`${fromTier ?? ''} ${toTier ?? ''}`}>
            <Way from={fromTier} to={toTier} />: {counted(members, words.members)}
          </li>
        ))}
      </ul>
      <details>
        <summary>{words.who}</summary>
        <ul class="plain-list">
          {found.members.map(({ userId, fromTier, toTier }, index) => (
            <li key={userId ?? index}>
              {userId === null ? words.erased : <a href={`/console/members/${encodeURIComponent(userId)}`}>{userId}</a>}
              {': '}
              <Way from={fromTier} to={toTier} />
            </li>
          ))}
        </ul>
        {found.moved > found.members.length && <p class="quiet">{words.first(number(found.members.length))}</p>}
      </details>
    </>
  );
}

function Way({ from, to }: { readonly from: string | null; readonly to: string | null }) {
  const { noLevel } = p().levels;
  return (
    <>
      {from ?? noLevel} → {to ?? noLevel}
    </>
  );
}
