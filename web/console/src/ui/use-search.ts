/** A search that a person starts. Who searches for something else before it is over gets the last answer alone. */

import { useEffect, useRef, useState } from 'preact/hooks';

interface Asked<T> {
  /** What is searched for, as text: the same is not asked for twice at a time, as a code that changes counts once. */
  readonly wanted: string;
  readonly read: () => Promise<T>;
  readonly show: (found: T) => void;
  readonly fail: (error: unknown) => void;
}

export interface Search {
  readonly isBusy: boolean;
  readonly search: <T>(asked: Asked<T>) => void;
}

export function useSearch(): Search {
  /** What has no answer yet. */
  const open = useRef<{ readonly wanted: string }>(undefined);
  const [isBusy, setBusy] = useState(false);
  useEffect(
    () => () => {
      open.current = undefined; // Who has gone on is led nowhere.
    },
    [],
  );

  function search<T>({ wanted, read, show, fail }: Asked<T>): void {
    if (open.current?.wanted === wanted) return;
    const own = { wanted };
    open.current = own;
    setBusy(true);
    const told =
      <A>(tell: (answer: A) => void) =>
      (answer: A): void => {
        if (open.current !== own) return;
        open.current = undefined;
        setBusy(false);
        tell(answer);
      };
    read().then(told(show), told(fail));
  }
  return { isBusy, search };
}
