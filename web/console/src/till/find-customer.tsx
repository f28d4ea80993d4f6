/** Say who the customer is. A scanner types the code and Enter. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { scannedWay, wayOf, type Way } from '../../../shared/lib/who.ts';
import { ScanButton } from '../../../shared/scan/scan-button.tsx';
import { sentenceOf } from '../../../shared/ui/status.tsx';
import { identify, type Member } from '../people.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { t } from '../words.ts';
import { Field } from '../ui/field.tsx';

export function FindCustomer({ onFound }: { readonly onFound: (member: Member) => void }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, run } = useAction();
  const words = t().till;

  useEffect(() => form.current?.querySelector('input')?.focus(), []);

  function submit(event: Event): void {
    event.preventDefault();
    const way = wayOf(text);
    setProblem(way ? '' : words.whoHint);
    if (way) find(way);
  }

  function scanned(seen: string): string | undefined {
    const way = scannedWay(seen);
    if (!way) return words.notACode;
    setText(seen);
    find(way);
    return undefined;
  }

  function find(way: Way): void {
    setProblem('');
    run(async () => {
      try {
        onFound(await identify(way));
      } catch (error) {
        setProblem(sentenceOf(error));
        form.current?.querySelector('input')?.select(); // The next scan replaces this one.
      }
    });
  }

  return (
    <form class="panel" noValidate onSubmit={submit} ref={form}>
      <h2>{words.customer}</h2>
      <Field label={words.who} hint={words.whoHint} problem={problem} value={text} onInput={setText} isFirst />
      <div class="line">
        <button type="submit" aria-disabled={isBusy}>
          {words.find}
        </button>
        <ScanButton label={words.scan} onText={scanned} />
      </div>
    </form>
  );
}
