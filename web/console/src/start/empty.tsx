/** What a merchant sees who has no program in this store: the next step. */

import { linkTo } from '../sections.ts';
import { t } from '../words.ts';

export function Empty() {
  const words = t().start;
  const next = linkTo('programs', 'new');
  return (
    <section class="panel">
      <p>{words.empty}</p>
      <p class="quiet">{words.emptyNext}</p>
      {next && (
        <p>
          <a class="button" href={next}>
            {words.makeFirst}
          </a>
        </p>
      )}
    </section>
  );
}
