/** Follow what a store offers while a card is shown: prices that change, and a program that ends. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { StoreProfile } from '../../shared/card/model.ts';
import { watchProfile, type MyCard } from './data.ts';

/** Return a card with what its store says last; `reread` is called when the program may have ended. */
export function useStore(mine: MyCard, reread: () => void): MyCard {
  const [seen, setSeen] = useState<{ readonly at: number; readonly store: StoreProfile }>();
  const latest = useRef(mine);
  latest.current = mine;
  const { storeId, programId } = mine.membership;

  useEffect(() => {
    let end: (() => void) | undefined;
    let isOver = false;
    const show = (store: StoreProfile): void => {
      setSeen({ at: Date.now(), store });
      // What the profile does not have is asked of the program itself.
      if (latest.current.card && !store.cards?.[programId]) reread();
    };
    watchProfile(storeId, show).then(
      (stop) => (isOver ? stop() : (end = stop)),
      () => undefined, // Without the listener it is read anew when something is refused.
    );
    return () => {
      isOver = true;
      end?.();
    };
  }, [storeId, programId]);

  // An answer that was asked for before may be older: what is watched goes on by itself.
  if (!seen || seen.at < (mine.askedAt ?? 0)) return mine;
  const { store } = seen;
  return { ...mine, store, card: store.cards?.[programId] ?? mine.card };
}
