/** Add a person to programs of the store in which they have no card yet. */

import { useAction } from '../../../shared/lib/use-action.ts';
import { enroll } from '../people.ts';
import type { Program } from '../store.ts';
import { t } from '../words.ts';
import { NotDone } from './not-done.tsx';

interface Props {
  readonly userId: string;
  readonly programs: readonly Program[];
  readonly onJoined: () => void;
}

export function Join({ userId, programs, onJoined }: Props) {
  const { isBusy, error, run } = useAction();
  const words = t().member;

  function join(programId: string): void {
    run(async () => {
      await enroll(userId, programId);
      onJoined();
    });
  }

  return (
    <section class="panel">
      <h2>{words.join}</h2>
      <p class="quiet">{words.joinNote}</p>
      <div class="row start">
        {programs.map((each) => (
          <button
            type="button"
            class="second"
            key={each.programId}
            aria-disabled={isBusy}
            onClick={() => join(each.programId)}
          >
            {words.joinNow(each.programName)}
          </button>
        ))}
      </div>
      <NotDone error={error} onRefused={onJoined} />
    </section>
  );
}
