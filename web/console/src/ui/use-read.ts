/** What a page reads when it is shown: the answer, or what it has failed by. */

import { useEffect, useState } from 'preact/hooks';

export interface Read<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly again: () => void;
}

/** Read when the page is shown, and anew whenever one of `inputs` changes. What was read before
 * stays until then. */
export function useRead<T>(read: () => Promise<T>, inputs: readonly unknown[]): Read<T> {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<unknown>();
  const [times, setTimes] = useState(0);

  useEffect(() => {
    let isOver = false; // Who goes on quickly gets the last answer, whichever comes first.
    setError(undefined);
    read().then(
      (found) => isOver || setValue(found),
      (failure: unknown) => isOver || setError(failure),
    );
    return () => {
      isOver = true;
    };
  }, [...inputs, times]);

  return { value, error, again: () => setTimes((before) => before + 1) };
}
