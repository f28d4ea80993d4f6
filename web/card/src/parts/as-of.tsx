/** From when what is shown is, where it could not be read now, or cannot be followed. */

import { moment, t } from '../words.ts';

export function AsOf({ at }: { readonly at: number }) {
  const when = new Date(at);
  return (
    <p class="as-of">
      {t().card.from} <time dateTime={when.toISOString()}>{moment(when)}</time>
    </p>
  );
}
