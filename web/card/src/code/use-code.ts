/** The code to show now: from before at once, then as the API says; another one when it is over. */

import { useCallback, useEffect, useState } from 'preact/hooks';
import { useLatest } from '../../../shared/lib/use-latest.ts';
import { codeAt, type ShownCode } from './changing-code.ts';
import { keptSource, onSourceElsewhere, readSource, type Source } from './issue.ts';

interface Code {
  readonly shown: ShownCode | undefined;
  readonly error: unknown;
  readonly reload: () => void;
}

export function useCode(uid: string, storeId: string): Code {
  const [source, setSource] = useState<Source>();
  const [shown, setShown] = useState<ShownCode>();
  const [error, setError] = useState<unknown>();

  const takeLatest = useLatest(); // A code that was replaced since is not shown any more.
  const reload = useCallback(() => {
    setError(undefined);
    takeLatest(readSource(uid, storeId), setSource, setError);
  }, [uid, storeId]);

  useEffect(() => {
    void keptSource(uid, storeId).then((kept) => setSource((now) => now ?? kept));
    reload();
    addEventListener('online', reload);
    // Only looked up: a tab that read again would make the other one do so, for ever.
    const stop = onSourceElsewhere(uid, storeId, () => {
      void keptSource(uid, storeId).then((kept) => setSource((now) => kept ?? now));
    });
    return () => {
      removeEventListener('online', reload);
      stop();
    };
  }, [reload]);

  useEffect(() => {
    if (!source) return;
    if ('code' in source) {
      setShown({ text: source.code });
      return;
    }
    return follow(source, setShown);
  }, [source]);

  return { shown, error, reload };
}

/** Show each code in its time, until the function that is returned is called. */
function follow(source: Extract<Source, { key: unknown }>, show: (code: ShownCode) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const next = async (): Promise<void> => {
    clearTimeout(timer);
    const made = await codeAt(source.key, new Date());
    if (isOver) return;
    show(made);
    timer = setTimeout(() => void next(), Math.max((made.endsAt?.getTime() ?? 0) - Date.now(), 0));
  };
  // A phone that was asleep is late with its timers.
  const wake = (): void => {
    if (!document.hidden) void next();
  };
  void next();
  document.addEventListener('visibilitychange', wake);
  return () => {
    isOver = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
  };
}
