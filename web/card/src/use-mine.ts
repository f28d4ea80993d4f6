/** The programs that the person has joined; nothing until that is known. */

import { useCallback, useEffect, useState } from 'preact/hooks';
import { user } from '../../shared/firebase/session.ts';
import { readCards } from './data.ts';

export function useMine(): readonly [ReadonlySet<string> | undefined, () => void] {
  const [mine, setMine] = useState<ReadonlySet<string>>();
  const uid = user.value?.uid;
  const read = useCallback(() => {
    if (uid === undefined) return;
    readCards(uid).then(
      (kept) => setMine(new Set(kept.value.map((each) => each.membership.programId))),
      () => undefined, // Then joining again shows the card that is there.
    );
  }, [uid]);
  useEffect(() => {
    setMine(undefined);
    read();
  }, [read]);
  return [mine, read];
}
