/** Data for a page: at once what was kept, then what is there now. */

import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Kept } from '../../shared/lib/kept.ts';
import { useLatest } from '../../shared/lib/use-latest.ts';

export interface Resource<T> {
  /** `undefined` until something is known, `null` if it does not exist. */
  readonly kept: Kept<T> | null | undefined;
  readonly error: unknown;
  /** `kept` was read by this page, and is not from a visit before. */
  readonly isRead: boolean;
  readonly reload: () => void;
}

/** Read what `name` names; `read` is called again when `name` changes or the connection is back. */
export function useKept<T>(
  name: string,
  recalled: () => Kept<T> | undefined,
  read: () => Promise<Kept<T> | null>,
): Resource<T> {
  const [kept, set] = useState<Kept<T> | null | undefined>(recalled);
  const [error, setError] = useState<unknown>();
  const [isRead, setRead] = useState(false);
  const follow = useLatest();
  const reload = useCallback(() => {
    setError(undefined);
    follow(
      read(),
      (found) => {
        set(found);
        setRead(true);
      },
      setError,
    );
  }, [name]);

  useEffect(() => {
    set(recalled());
    setRead(false);
    reload();
    addEventListener('online', reload);
    return () => removeEventListener('online', reload);
  }, [reload]);

  return { kept, error, isRead, reload };
}
