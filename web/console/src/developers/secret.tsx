/** A secret that the API has shown this once: who leaves the page without having kept it is asked first. */

import { isTest } from '../mode.ts';
import { useCopy } from '../ui/use-copy.ts';
import { useUnsaved } from '../ui/unsaved.ts';
import { t } from '../words.ts';

interface Props {
  readonly title: string;
  /** What to do with it, and what it opens. */
  readonly note: string;
  readonly text: string;
  readonly onKept: () => void;
}

export function Secret({ title, note, text, onKept }: Props) {
  const { isCopied, copy } = useCopy();
  useUnsaved(!isTest.value, 'secret'); // What the test mode shows is made up.
  const words = t().developers.secret;
  return (
    <section class="panel good" aria-label={title} role="status">
      <h2>{title}</h2>
      <p>{note}</p>
      <code class="secret">{text}</code>
      <div class="line">
        <button type="button" onClick={() => copy(text)}>
          {isCopied ? words.copied : words.copy}
        </button>
        <button type="button" class="plain" onClick={onKept}>
          {words.kept}
        </button>
      </div>
    </section>
  );
}
