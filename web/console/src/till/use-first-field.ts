/** Where the focus of the form for a purchase is: at its first field, whichever that is. */

import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

interface Shown {
  /** The person has asked for the other field. */
  readonly isByAmount: boolean;
  /** Which field it is: another program, such as one of which the customer turns out to have a card, may have another one. */
  readonly isByCount: boolean;
}

export function useFirstField(form: RefObject<HTMLFormElement | null>, { isByAmount, isByCount }: Shown): void {
  const focus = (): void => form.current?.querySelector('input')?.focus();
  useLayoutEffect(focus, [isByAmount]);
  useLayoutEffect(() => {
    // The field that had it is gone. Who is at another one is left there.
    if (document.activeElement === document.body) focus();
  }, [isByCount]);
}
