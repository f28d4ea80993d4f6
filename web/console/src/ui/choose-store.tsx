/** Who works in all stores and may not list them says which one this is. */

import { useState } from 'preact/hooks';
import { sentenceOf } from '../../../shared/ui/status.tsx';
import { openStore } from '../access.ts';
import { Field } from './field.tsx';
import { t } from '../words.ts';

export function ChooseStore() {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const words = t().shell;

  async function open(event: Event): Promise<void> {
    event.preventDefault();
    setProblem('');
    // A poster's link is data: only the id in it is taken.
    const id = /\/s\/([^/?#]+)/.exec(text)?.[1] ?? text.trim();
    try {
      if (id === '' || !(await openStore(id))) setProblem(words.noStore);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
  }

  return (
    <>
      <h1 tabIndex={-1}>{words.store}</h1>
      <form class="panel" noValidate onSubmit={(event) => void open(event)}>
        <Field label={words.storeId} hint={words.storeIdHint} problem={problem} value={text} onInput={setText} isFirst />
        <button type="submit">{words.openStore}</button>
      </form>
    </>
  );
}
