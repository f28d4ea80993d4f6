/** Read again and again while the page is seen: soon at first, then more and more seldom. */

import { useEffect, useRef } from 'preact/hooks';

const FIRST_MS = 2_000;
const LAST_MS = 30_000;
const GROWTH = 1.5;

/** Carry out `read` while `isOn` and the page is visible; after a failure the next try waits longer, too. */
export function usePolling(read: () => unknown, isOn: boolean): void {
  const latest = useRef(read);
  latest.current = read;

  useEffect(() => {
    if (!isOn) return undefined;
    let delay = FIRST_MS;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;

    function later(): void {
      clearTimeout(timer);
      if (!isOver && !document.hidden) timer = setTimeout(() => void once(), delay);
      delay = Math.min(delay * GROWTH, LAST_MS);
    }
    async function once(): Promise<void> {
      try {
        await latest.current();
      } catch {
        // The next try may do.
      }
      later();
    }
    function seen(): void {
      delay = FIRST_MS;
      later();
    }
    document.addEventListener('visibilitychange', seen);
    later();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [isOn]);
}
