/** Says that a customer has no card of a program, and what helps: who may gives one, and others have the poster. */

import { Problem } from '../../../shared/api/client.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import { enroll } from '../people.ts';
import { t } from '../words.ts';

export const NO_CARD = 'MEMBERSHIP_NOT_FOUND';

interface Props {
  readonly userId: string;
  readonly programId: string;
  /** What the person was about to do can go on. */
  readonly onGiven: () => void;
}

export const isNoCard = (error: unknown): boolean => error instanceof Problem && error.code === NO_CARD;

export function GiveCard({ userId, programId, onGiven }: Props) {
  const { isBusy, error, run } = useAction();
  const words = t().till;
  const isGiver = may('enrollInLoyaltyProgram');

  function give(): void {
    run(async () => {
      await enroll(userId, programId);
      onGiven();
    });
  }

  return (
    <>
      <p class="problem" role="alert">
        {t().problem.codes[NO_CARD]}
        {!isGiver && ` ${words.poster}`}
      </p>
      {error !== undefined && <Failed error={error} />}
      {isGiver && (
        <div class="line">
          <button type="button" class="secondary" aria-disabled={isBusy} onClick={give}>
            {words.giveCard}
          </button>
        </div>
      )}
    </>
  );
}
