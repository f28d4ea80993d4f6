/** What every page shows while it waits, and when something has failed. */

import { Problem } from '../api/client.ts';
import { common } from '../i18n/catalogue.ts';

export function Loading() {
  return (
    <p class="quiet" role="status">
      {common().loading} …
    </p>
  );
}

export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  return (
    <div class="panel" role="alert">
      <p class="problem">{sentenceOf(error)}</p>
      {error instanceof Problem && error.kind === 'server' && error.requestId && (
        <p class="quiet">{error.requestId}</p> // For support: with the others people know what to do.
      )}
      {retry && (
        <button type="button" onClick={retry}>
          {common().retry}
        </button>
      )}
    </div>
  );
}

/** Return our words for a failure, never the server's. */
export function sentenceOf(error: unknown): string {
  const words = common().problem;
  if (!(error instanceof Problem)) return navigator.onLine ? words.server : words.offline;
  return words.codes[error.code] ?? words[error.kind];
}
