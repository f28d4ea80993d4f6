/** Asks before a page is left on which something is not saved. */

import { useEffect, useRef } from 'preact/hooks';
import { t } from '../words.ts';
import { kindHere, leaveNow, stay, wish } from './unsaved.ts';

export function LeaveDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isAsked = wish.value !== undefined;
  useEffect(() => {
    if (isAsked) dialog.current?.showModal();
  }, [isAsked]);
  if (!isAsked) return null;
  const words = t().shell.leaving;
  const asked = kindHere() === 'secret' ? words.ofSecret : words;
  return (
    <dialog ref={dialog} class="ask" aria-labelledby="leaving" onClose={stay}>
      <div class="stack">
        <h2 id="leaving">{asked.title}</h2>
        <p>{asked.note}</p>
        <div class="line">
          {/* Closed, and not only taken away: the focus goes back to where it was. */}
          <button type="button" onClick={() => dialog.current?.close()}>
            {words.stay}
          </button>
          <button type="button" class="severe" onClick={leaveNow}>
            {asked.leave}
          </button>
        </div>
      </div>
    </dialog>
  );
}
