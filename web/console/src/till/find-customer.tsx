/** Say who the customer is. A scanner types the code and Enter. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { wayOf } from '../../../shared/lib/who.ts';
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

  function find(event: Event): void {
    event.preventDefault();
    const way = wayOf(text);
    setProblem(way ? '' : words.whoHint);
    if (!way) return;
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
    <form class="panel" noValidate onSubmit={find} ref={form}>
      <h2>{words.customer}</h2>
      <Field label={words.who} hint={words.whoHint} problem={problem} value={text} onInput={setText} isFirst />
      <button type="submit" aria-disabled={isBusy}>
        {words.find}
      </button>
    </form>
  );
}
