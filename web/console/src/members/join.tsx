/** Add a person to programs of the store in which they have no card yet. */

import { ask } from '../../../shared/api/client.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import type { Program } from '../store.ts';
import { t } from '../words.ts';
import { NotDone } from './not-done.tsx';

interface Props {
  readonly userId: string;
  readonly programs: readonly Program[];
  readonly onJoined: () => void;
}

/** Who is enrolled already stays so: it is done once, however often it is sent. */
export async function enroll(userId: string, programId: string): Promise<void> {
  await ask((api, signal) => api.POST('/enrollInLoyaltyProgram', { body: { programId, userId }, signal }));
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
