/** A failed call of another system: what became of it, and that system's own words, which name the cause. */

import { Problem } from '../../../shared/api/client.ts';
import { Failed } from '../../../shared/ui/status.tsx';

export function FailedThere({ error }: { readonly error: unknown }) {
  const said = error instanceof Problem && error.code.startsWith('CONNECTOR_') ? error.said : '';
  return (
    <>
      <Failed error={error} />
      {said && (
        <p class="quiet" lang="en">
          {said}
        </p>
      )}
    </>
  );
}
