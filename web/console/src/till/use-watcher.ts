/** Tells the outbox whether who has tapped is still at that place of the till, and waits for the answer. */

import { useEffect, useRef } from 'preact/hooks';
import { load, type Watcher } from './outbox.ts';

export function useWatcher(): Watcher {
  const watcher = useRef<Watcher>({ isHere: true });
  useEffect(() => {
    watcher.current.isHere = true;
    return () => {
      watcher.current.isHere = false;
      void load(); // What is on its way is listed from now on.
    };
  }, []);
  return watcher.current;
}
