/** The check-in itself: asked for, on its way, refused with what to do, or done with what it earned. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { idempotencyKey, Problem } from '../../../shared/api/client.ts';
import type { StoreProfile } from '../../../shared/card/model.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { EarnedList } from '../parts/earned.tsx';
import { hour, t } from '../words.ts';
import type { Attempt } from './check-in-at.tsx';
import { findPosition, PositionError } from './position.ts';
import { checkIn, type Proof, type Visit } from './visit.ts';

interface Props {
  readonly store: StoreProfile;
  readonly attempt: Attempt;
  readonly onOther: () => void;
}

export function VisitAt({ store, attempt, onOther }: Props) {
  const [visit, setVisit] = useState<Visit>();
  const { isBusy, error, run } = useAction();
  const words = t().checkIn;
  /** What was sent, as long as nobody knows whether it has arrived: it is sent again as it was. */
  const sent = useRef<{ readonly key: string; readonly proof: Proof }>(undefined);

  async function act(): Promise<void> {
    const { code } = attempt;
    sent.current ??= { key: idempotencyKey(), proof: code === undefined ? await findPosition() : { code } };
    try {
      setVisit(await checkIn(store.storeId, sent.current.proof, sent.current.key));
    } catch (failure) {
      const isUnknown = failure instanceof Problem && ['offline', 'server'].includes(failure.kind);
      if (!isUnknown) sent.current = undefined;
      throw failure;
    }
  }

  useEffect(() => {
    if (attempt.isSure) run(act);
  }, []);

  if (visit) {
    return (
      <>
        <p class="notice" role="status">
          {words.done(hour(new Date(visit.checkedInAt)))}
        </p>
        <EarnedList earned={visit.earned} store={store} />
      </>
    );
  }
  const isOver = error instanceof Problem && FINAL.test(error.code);
  return (
    <>
      {error instanceof PositionError ? (
        <p class="problem" role="alert">
          {words.noPosition[error.reason]}
        </p>
      ) : (
        error !== undefined && <Failed error={error} />
      )}
      <div class="panel">
        {error === undefined && !attempt.isSure && <p>{words.ask(store.name)}</p>}
        {isBusy && <Loading />}
        {!isOver && (
          <button type="button" aria-disabled={isBusy} onClick={() => run(act)}>
            {error === undefined ? words.go : t().retry}
          </button>
        )}
        <button type="button" class={isOver ? undefined : 'plain'} onClick={onOther}>
          {words.other}
        </button>
      </div>
    </>
  );
}

/** Refusals that the same code, in the same store, has again. */
const FINAL = /^STORE_/;
