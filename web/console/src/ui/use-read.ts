/** What a page reads when it is shown: the answer, or what it has failed by. */

import { useEffect, useRef, useState } from 'preact/hooks';

export interface Read<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly again: () => void;
  /** Read again; it ends when the page has what is there now, or it could not be read. */
  readonly reload: () => Promise<void>;
}

/** Read when the page is shown, and anew whenever one of `inputs` changes. What was read before
 * stays until then. */
export function useRead<T>(read: () => Promise<T>, inputs: readonly unknown[]): Read<T> {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<unknown>();
  const [times, setTimes] = useState(0);
  const waiting = useRef<(() => void)[]>([]);

  useEffect(() => {
    let isOver = false; // Who goes on quickly gets the last answer, whichever comes first.
    setError(undefined);
    read()
      .then(
        (found) => isOver || setValue(found),
        (failure: unknown) => isOver || setError(failure),
      )
      .finally(() => {
        if (!isOver) waiting.current.splice(0).forEach((end) => end());
      });
    return () => {
      isOver = true;
    };
  }, [...inputs, times]);

  const again = (): void => setTimes((before) => before + 1);
  function reload(): Promise<void> {
    return new Promise((end) => {
      waiting.current.push(end);
      again();
    });
  }
  return { value, error, again, reload };
}
