/** Give a code that is printed or shown somewhere: by the camera, or typed. */

import { useState } from 'preact/hooks';
import { ScanButton } from '../../../shared/scan/scan-button.tsx';

interface Words {
  readonly scan: string;
  readonly code: string;
  readonly go: string;
  /** What is said of a text that is no such code. */
  readonly noCode: string;
}

interface Props {
  readonly words: Words;
  readonly isBusy?: boolean;
  /** Take what was read; it returns false if that is nothing of what is meant here. */
  readonly read: (text: string) => boolean;
}

export function ScanOrType({ words, read, isBusy = false }: Props) {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState('');

  const wrongOf = (text: string): string | undefined => (read(text) ? undefined : words.noCode);

  function submit(event: Event): void {
    event.preventDefault();
    if (!isBusy) setProblem(wrongOf(typed) ?? '');
  }

  return (
    <form class="panel" noValidate onSubmit={submit}>
      <ScanButton label={words.scan} onText={wrongOf} />
      <label>
        {words.code}
        <input
          name="code"
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          value={typed}
          aria-invalid={problem !== ''}
          aria-describedby="code-problem"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <p id="code-problem" class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="second" aria-disabled={isBusy}>
        {words.go}
      </button>
    </form>
  );
}
