/** Takes the last hand-out back, as long as that is possible; it says before what that gives back. */

import { Problem } from '../../../shared/api/client.ts';
import { hour } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import { useIntention } from '../ui/use-intention.ts';
import { t } from '../words.ts';
import { takeBackHandOut, written, type HandOut } from './hand-outs.ts';

interface Props {
  readonly handOut: HandOut;
  readonly onUndone: (handOut: HandOut) => void;
}

export function HandOutUndo({ handOut, onUndone }: Props) {
  const { isBusy, error, run } = useAction();
  const carryOut = useIntention();
  const words = t().till;
  const { points, programId, title, until, undone } = handOut;
  const refusal = reasonOf(error); // A second try is refused as well.
  if (undone || !may('cancelRedemption')) return null;

  function takeBack(): void {
    run(async () => {
      onUndone(await carryOut(handOut.redemptionId, (key) => takeBackHandOut(handOut, key)));
    });
  }

  return (
    <>
      {refusal && (
        <p class="problem" role="alert">
          {refusal}
        </p>
      )}
      {error !== undefined && !refusal && <Failed error={error} />}
      {!refusal && until > Date.now() && (
        <div class="line">
          <button type="button" class="plain" aria-disabled={isBusy} onClick={takeBack}>
            {words.handOut.undo}
          </button>
          <span class="quiet">{words.handOut.gives(title, written(points, programId), hour(new Date(until)))}</span>
        </div>
      )}
    </>
  );
}

/** The API says why a hand-out cannot be taken back. */
function reasonOf(error: unknown): string | undefined {
  const reason = error instanceof Problem ? error.details['reason'] : undefined;
  return typeof reason === 'string' ? t().till.handOut.reasons[reason] : undefined;
}
