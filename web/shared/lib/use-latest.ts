/** What is read again and again: only the answer to the last reading counts, as an earlier one may come later. */

import { useCallback, useRef } from 'preact/hooks';

export type Follow = <T>(
  reading: Promise<T>,
  show: (found: T) => void,
  /** Without it, what was read before stays. */
  fail?: (error: unknown) => void,
) => void;

export function useLatest(): Follow {
  const turn = useRef(0);
  return useCallback((reading, show, fail) => {
    const own = ++turn.current;
    const isLast = (): boolean => own === turn.current;
    reading.then(
      (found) => isLast() && show(found),
      (error: unknown) => isLast() && fail?.(error),
    );
  }, []);
}
