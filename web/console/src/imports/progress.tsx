/** How far an import is, and its end. What runs is asked for again and again, also after a reload. */

import { useEffect, useState } from 'preact/hooks';
import { ask, Problem } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { number } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import { t } from '../words.ts';
import type { KeptImport } from './kept-import.ts';
import { noteOf } from './notes.ts';
import { Report } from './report.tsx';

export type Status = components['schemas']['GetImportStatusResponse'];

const LOOK_AGAIN_MS = 1500;
const OUTCOMES = ['created', 'updated', 'skipped', 'duplicates', 'failed', 'notDone'] as const;

interface Props {
  readonly kept: KeptImport;
  readonly importId: string;
  readonly onAgain: () => void;
}

export function Progress({ kept, importId, onAgain }: Props) {
  const [status, setStatus] = useState<Status>();
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  const cancelling = useAction();
  const words = t().imports;
  const isOpen = !status || status.state === 'running' || status.state === 'receiving';

  useEffect(
    function look() {
      let isOver = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      ask((api, signal) => api.POST('/getImportStatus', { body: { importId }, signal }))
        .then(
          (found) => isOver || show(found),
          (failure: unknown) => isOver || setError(failure),
        )
        .finally(() => {
          // Not before the answer is there: on a slow way none would ever be in time.
          if (!isOver && isOpen) timer = setTimeout(() => setTurn((before) => before + 1), LOOK_AGAIN_MS);
        });
      return () => {
        isOver = true;
        clearTimeout(timer);
      };
    },
    [importId, turn, isOpen],
  );

  function show(found: Status): void {
    setStatus(found);
    setError(undefined);
  }

  function cancel(): void {
    cancelling.run(async () => {
      await ask((api, signal) => api.POST('/cancelImport', { body: { importId }, signal }));
      setTurn((before) => before + 1);
    });
  }

  const isGone = error instanceof Problem && error.kind === 'notFound';
  return (
    <section class="panel" aria-busy={isOpen}>
      <h2>{kept.isTrial ? words.trialOf(kept.name) : words.importOf(kept.name)}</h2>
      {!status && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={isGone ? onAgain : () => setTurn((before) => before + 1)} />}
      {status && (
        <>
          <p role="status">{stateOf(status)}</p>
          {status.state === 'running' && status.done === 0 && <p class="quiet">{words.beginsSoon}</p>}
          {isOpen && <Bar status={status} />}
          <Counts status={status} />
          {status.notes.map((each) => (
            <p class="quiet" key={each}>
              {noteOf(each)}
            </p>
          ))}
        </>
      )}
      {status && isOpen && may('cancelImport') && (
        <div class="row start">
          <button type="button" class="severe" aria-disabled={cancelling.isBusy} onClick={cancel}>
            {kept.isTrial ? words.cancelTrial : words.cancel}
          </button>
          <span class="quiet">{kept.isTrial ? words.cancelTrialNote : words.cancelNote}</span>
        </div>
      )}
      {cancelling.error !== undefined && <Failed error={cancelling.error} />}
      {status && !isOpen && (
        <>
          <Report importId={importId} isTrial={kept.isTrial} />
          <div class="row start">
            <button type="button" onClick={onAgain}>
              {kept.isTrial ? words.afterTrial : words.another}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

function stateOf({ state, dryRun }: Status): string | undefined {
  const words = t().imports;
  return state === 'cancelled' && dryRun ? words.cancelledTrial : words.states[state];
}

function Bar({ status }: { readonly status: Status }) {
  const words = t().imports;
  return (
    <>
      <progress aria-label={words.progress} max={Math.max(status.rows, 1)} value={status.done} />
      <p class="quiet">{words.doneOf(number(status.done), number(status.rows))}</p>
    </>
  );
}

function Counts({ status }: { readonly status: Status }) {
  const counts = status.memberCounts;
  const words = t().imports;
  if (!counts) return null;
  const isTrial = status.dryRun;
  return (
    <dl>
      {OUTCOMES.filter((each) => counts[each] > 0).map((each) => (
        <div class="pair" key={each}>
          <dt>{(isTrial ? words.wouldBe : words.were)[each]}</dt>
          <dd>{number(counts[each])}</dd>
        </div>
      ))}
    </dl>
  );
}
