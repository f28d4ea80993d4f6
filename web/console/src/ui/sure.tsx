/** A button for what cannot be taken back: it asks first, and acts if the person says yes. */

import { useState } from 'preact/hooks';

interface Props {
  /** What the button says before. */
  readonly name: string;
  readonly question: string;
  readonly yes: string;
  readonly no: string;
  readonly isBusy?: boolean;
  readonly act: () => void;
}

export function Sure({ name, question, yes, no, isBusy = false, act }: Props) {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked) {
    return (
      <div>
        <button type="button" class="severe" aria-disabled={isBusy} onClick={() => setAsked(true)}>
          {name}
        </button>
      </div>
    );
  }

  function agree(): void {
    setAsked(false);
    act();
  }

  return (
    <div class="stack" role="group" aria-label={question}>
      <p>{question}</p>
      <div class="line">
        <button type="button" class="severe" onClick={agree} ref={(each) => each?.focus()}>
          {yes}
        </button>
        <button type="button" class="plain" onClick={() => setAsked(false)}>
          {no}
        </button>
      </div>
    </div>
  );
}
