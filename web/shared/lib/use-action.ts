/** A call that the person starts: one at a time, with what it has failed by. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { onRefusalOver } from './refusals.ts';

export interface Action {
  readonly isBusy: boolean;
  readonly error: unknown;
  /** Forget what it has failed by: for who begins something else in its place that runs nothing. */
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
  useEffect(() => {
    if (error === undefined) return;
    return onRefusalOver(error, () => setError(undefined));
  }, [error]);

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
