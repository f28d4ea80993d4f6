/** The programs that the person has joined; nothing until that is known. */

import { useCallback, useEffect, useState } from 'preact/hooks';
import { user } from '../../shared/firebase/session.ts';
import { useLatest } from '../../shared/lib/use-latest.ts';
import { anyKeptCards, keptCards, onCardsElsewhere, readCards, type MyCard } from './data.ts';

export function useMine(): readonly [ReadonlySet<string> | undefined, () => void] {
  const [mine, setMine] = useState<ReadonlySet<string>>();
  const uid = user.value?.uid;
  const follow = useLatest();
  const read = useCallback(() => {
    // Where it fails, joining again shows the card that is there.
    if (uid !== undefined) follow(readCards(uid), (kept) => setMine(programsOf(kept.value)));
  }, [uid]);
  useEffect(() => {
    setMine(undefined);
    read();
    if (uid === undefined) return;
    // Only looked up: a tab that read again would make the other one do so, for ever.
    return onCardsElsewhere(uid, () => setMine(programsOf(keptCards(uid)?.value ?? [])));
  }, [read]);
  return [mine, read];
}

/** The programs that were known at the last visit; nothing if nobody has signed in. */
export function keptPrograms(): ReadonlySet<string> | undefined {
  const person = user.value;
  if (person === null) return undefined;
  const kept = person ? keptCards(person.uid) : anyKeptCards();
  return kept && programsOf(kept.value);
}

const programsOf = (cards: readonly MyCard[]): ReadonlySet<string> =>
  new Set(cards.map((each) => each.membership.programId));
