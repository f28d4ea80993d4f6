/** What every page shows while it waits, and when something has failed. */

import { Problem } from '../../shared/api/client.ts';
import { t } from './words.ts';

export function Loading() {
  return (
    <p class="quiet" role="status">
      {t().loading} …
    </p>
  );
}

export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  return (
    <div class="panel" role="alert">
      <p class="problem">{sentenceOf(error)}</p>
      {error instanceof Problem && error.requestId && <p class="quiet">{error.requestId}</p>}
      {retry && (
        <button type="button" onClick={retry}>
          {t().retry}
        </button>
      )}
    </div>
  );
}

/** Return our words for a failure, never the server's. */
export function sentenceOf(error: unknown): string {
  const words = t().problem;
  if (!(error instanceof Problem)) return navigator.onLine ? words.server : words.offline;
  return words.codes[error.code] ?? words[error.kind];
}
