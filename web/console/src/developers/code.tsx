/** Text for a program, to be copied. */

import { useCopy } from '../ui/use-copy.ts';
import { t } from '../words.ts';

interface Props {
  readonly label: string;
  readonly text: string;
}

export function Code({ label, text }: Props) {
  const { isCopied, copy } = useCopy();
  const words = t().developers.secret;
  return (
    <figure class="code">
      <figcaption class="row">
        {label}
        <button type="button" class="plain" onClick={() => copy(text)}>
          {isCopied ? words.copied : words.copy} <span class="for-readers">{label}</span>
        </button>
      </figcaption>
      <pre tabIndex={0}>{text}</pre>
    </figure>
  );
}
