/** The focus of a form that was sent with faults: it goes to the first field that has one. */

import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Return what moves the focus there, as soon as the faults are drawn. */
export function useFirstFault(form: RefObject<HTMLFormElement | null>): () => void {
  const [turn, setTurn] = useState(0);
  useLayoutEffect(() => {
    if (turn > 0) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [turn]);
  return () => setTurn((before) => before + 1);
}
