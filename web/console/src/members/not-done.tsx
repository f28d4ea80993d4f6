/** Why something was not done, or that nobody knows whether it was. */

import { useEffect } from 'preact/hooks';
import { isUnknown, Problem } from '../../../shared/api/client.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { t } from '../words.ts';

interface Props {
  readonly error: unknown;
  /** Read again what the page shows: a refusal may come from what has changed meanwhile. */
  readonly onRefused?: (() => void) | undefined;
}

export function NotDone({ error, onRefused }: Props) {
  useEffect(
    function readAgain() {
      if (isOfTheState(error)) onRefused?.();
    },
    [error],
  );
  if (error === undefined) return null;
  if (!isUnknown(error)) return <Failed error={error} />;
  return (
    <p class="problem" role="alert">
      {t().member.unknown}
    </p>
  );
}

/** Tell whether the API has refused by how things stand, and not by how the request was written. */
function isOfTheState(error: unknown): boolean {
  return error instanceof Problem && error.code !== '' && error.code !== 'INVALID_PARAMETERS' && !isUnknown(error);
}
