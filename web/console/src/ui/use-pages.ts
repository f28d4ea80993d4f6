/** A list that comes in pages, the newest first: more of it, and what is new since. */

import { useEffect, useRef, useState } from 'preact/hooks';

interface Page<T> {
  readonly rows: readonly T[];
  readonly nextCursor: string | null;
}

export interface Pages<T> {
  readonly rows: readonly T[] | undefined;
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly hasMore: boolean;
  readonly more: () => void;
  /** Read again what has failed. */
  readonly again: () => void;
  /** Read anew what was shown; it ends when the page has what is there now, or it could not be read. */
  readonly reload: () => Promise<void>;
  /** Read the first page again: what is new comes first, what was shown stays. */
  readonly refresh: () => Promise<void>;
}

/** Read when the page is shown, and anew whenever one of `inputs` changes. */
export function usePages<T>(
  read: (cursor: string | null) => Promise<Page<T>>,
  idOf: (row: T) => string,
  inputs: readonly unknown[],
): Pages<T> {
  const [rows, setRows] = useState<readonly T[]>();
  const [cursor, setCursor] = useState<string | null>(null);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  /** Counts what is asked for: an answer to something earlier is of no use any more. */
  const turn = useRef(0);
  /** Where the last reading began, and whether it is on its way: its cursor is not known before its end. */
  const last = useRef<{ from: string | null; isOver: boolean }>({ from: null, isOver: true });

  async function load(from: string | null): Promise<void> {
    const own = ++turn.current;
    last.current = { from, isOver: false };
    setBusy(true);
    setError(undefined);
    try {
      const page = await read(from);
      if (own !== turn.current) return;
      setRows((before) => [...(from === null ? [] : (before ?? [])), ...page.rows]);
      setCursor(page.nextCursor);
    } catch (failure) {
      if (own === turn.current) setError(failure);
    } finally {
      if (own === turn.current) {
        last.current.isOver = true;
        setBusy(false);
      }
    }
  }

  async function refresh(): Promise<void> {
    const own = turn.current;
    const page = await read(null);
    if (own !== turn.current) return;
    const known = new Set(page.rows.map(idOf));
    setRows((before) => [...page.rows, ...(before ?? []).filter((each) => !known.has(idOf(each)))]);
  }

  useEffect(() => {
    void load(null);
    return () => {
      turn.current += 1;
    };
  }, [...inputs]);

  return {
    rows,
    error,
    isBusy,
    hasMore: cursor !== null,
    more: () => void (last.current.isOver && load(cursor)),
    again: () => void load(last.current.from),
    reload: () => load(null),
    refresh,
  };
}
