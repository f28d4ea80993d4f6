/** How one can check in: by scanning or typing the store's code, or by position. */

import { isSuspended } from '../../../shared/card/model.ts';
import { keptCards, readCards, type MyCard } from '../data.ts';
import { useKept } from '../use-kept.ts';
import { ScanOrType } from '../parts/scan-or-type.tsx';
import { t } from '../words.ts';
import type { Attempt } from './check-in-at.tsx';
import { readStoreCode } from './store-code.ts';

interface Props {
  readonly uid: string;
  /** The only store that is meant, if one is. */
  readonly storeId: string | null;
  readonly onChosen: (attempt: Attempt) => void;
}

export function Ways({ uid, storeId, onChosen }: Props) {
  const { kept } = useKept(uid, () => keptCards(uid), () => readCards(uid));
  const words = t().checkIn;
  const near = takingPositions(kept?.value ?? []).filter((each) => storeId === null || each.id === storeId);

  function choose(text: string): boolean {
    const found = readStoreCode(text);
    if (found) onChosen({ ...found, isSure: true });
    return found !== null;
  }

  return (
    <>
      <ScanOrType words={words} read={choose} />
      {near.length > 0 && (
        <section class="panel">
          <h2>{words.byPosition}</h2>
          <p class="quiet">{words.positionNote}</p>
          {near.map(({ id, name }) => (
            <button type="button" key={id} onClick={() => onChosen({ storeId: id, isSure: true })}>
              {words.at(name)}
            </button>
          ))}
        </section>
      )}
    </>
  );
}

/** Return the stores of which a card of the person earns by position. */
function takingPositions(mine: readonly MyCard[]): readonly { readonly id: string; readonly name: string }[] {
  const names = new Map<string, string>();
  for (const { store, card, membership } of mine) {
    if (store && !isSuspended(membership) && card?.earningMethods?.includes('store_checkin')) names.set(store.storeId, store.name);
  }
  return [...names].map(([id, name]) => ({ id, name }));
}
