/** What is there instead of a card whose shop has just erased all of the person's data. */

import { signal } from '@preact/signals';
import type { MyCard } from '../data.ts';
import { t } from '../words.ts';

/** The store that has erased it; until another card is shown. */
export const erasedStore = signal<string | undefined>(undefined);

export function Erased({ mine: { membership, store } }: { readonly mine: MyCard }) {
  return (
    <>
      <h1 tabIndex={-1}>{store?.name ?? t().me.title}</h1>
      <p class="notice" role="status">
        {t().me.erased}
      </p>
      <a class="button" href="/cards">
        {t().cards.title}
      </a>
      <a href={`/s/${encodeURIComponent(membership.storeId)}`}>{t().cards.leftAgain}</a>
    </>
  );
}
