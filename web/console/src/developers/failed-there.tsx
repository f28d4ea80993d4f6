/** A failed call of another system: what became of it, and the cause. */

import { Problem } from '../../../shared/api/client.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { meaningIn, Sentence } from './sentences.tsx';

export function FailedThere({ error }: { readonly error: unknown }) {
  const there = error instanceof Problem && error.code.startsWith('CONNECTOR_') ? error : undefined;
  return (
    <>
      <Failed error={error} />
      {there?.said && (
        <p class="quiet">
          <Sentence text={there.said} meaning={meaningIn(there.details['meaning'])} />
        </p>
      )}
    </>
  );
}
