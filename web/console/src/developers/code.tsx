/** Text for a program, to be copied. */

import { useState } from 'preact/hooks';
import { t } from '../words.ts';

interface Props {
  readonly label: string;
  readonly text: string;
}

export function Code({ label, text }: Props) {
  const [isCopied, setCopied] = useState(false);
  const words = t().developers.secret;

  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  }
  return (
    <figure class="code">
      <figcaption class="row">
        {label}
        <button type="button" class="plain" onClick={() => void copy().catch(() => setCopied(false))}>
          {isCopied ? words.copied : words.copy} <span class="for-readers">{label}</span>
        </button>
      </figcaption>
      <pre tabIndex={0}>{text}</pre>
    </figure>
  );
}
