/** A call that the person starts: one at a time, with what it has failed by. */

import { useRef, useState } from 'preact/hooks';

export interface Action {
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly clear: () => void;
  /** Run once more what was run last. */
  readonly again: () => void;
  /** Run it, unless another one of this place is on its way. */
  readonly run: (action: () => Promise<void>) => void;
}

export function useAction(): Action {
  const isRunning = useRef(false);
  const last = useRef<() => Promise<void>>(null);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  function run(action: () => Promise<void>): void {
    if (isRunning.current) return;
    isRunning.current = true;
    last.current = action;
    setBusy(true);
    setError(undefined);
    action()
      .catch(setError)
      .finally(() => {
        isRunning.current = false;
        setBusy(false);
      });
  }
  const again = (): void => {
    if (last.current) run(last.current);
  };
  return { isBusy, error, clear: () => setError(undefined), again, run };
}
