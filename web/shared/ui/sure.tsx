/** A button for what cannot be taken back: it asks first, and acts if the person says yes. */

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../i18n/catalogue.ts';
import { ignoreSecondTap } from './second-tap.ts';

interface Props {
  readonly question: string;
  readonly yes: string;
  readonly act: () => void;
  readonly look?: 'plain' | 'severe';
  /** Something else of the same place is on its way: the question stays until that is over. */
  readonly isBusy?: boolean;
  /** What the button says before. */
  readonly children: ComponentChildren;
}

export function Sure({ question, yes, act, look, isBusy = false, children }: Props) {
  const [isAsked, setAsked] = useState(false);

  /** Each of its clicks moves what is on the page: nobody says yes, or meets another button, by a double tap. */
  function turn(event: MouseEvent, next: boolean): void {
    ignoreSecondTap(event);
    setAsked(next);
  }

  if (!isAsked) {
    return (
      <button type="button" class={look} onClick={(event) => turn(event, true)}>
        {children}
      </button>
    );
  }

  function agree(event: MouseEvent): void {
    if (isBusy) return;
    turn(event, false);
    act();
  }

  return (
    <div class="stack" role="group" aria-label={question}>
      <p>{question}</p>
      <div class="row">
        <button type="button" aria-disabled={isBusy} onClick={agree}>
          {yes}
        </button>
        <button type="button" class="plain" onClick={(event) => turn(event, false)}>
          {common().no}
        </button>
      </div>
    </div>
  );
}
