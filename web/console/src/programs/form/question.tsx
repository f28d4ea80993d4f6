/** What is asked before a form is sent, in the place of its button. Yes sends it. */

import { useLayoutEffect, useRef } from 'preact/hooks';
import { common } from '../../../../shared/i18n/catalogue.ts';

interface Props {
  readonly text: string;
  readonly yes: string;
  readonly onNo: () => void;
}

export function Question({ text, yes, onNo }: Props) {
  const element = useRef<HTMLDivElement>(null);
  // The button that had the focus is gone.
  useLayoutEffect(() => element.current?.focus(), []);
  return (
    <div class="stack question" role="group" aria-label={text} tabIndex={-1} ref={element}>
      <p>{text}</p>
      <div class="row start">
        <button type="submit">{yes}</button>
        <button type="button" class="plain" onClick={onNo}>
          {common().no}
        </button>
      </div>
    </div>
  );
}
