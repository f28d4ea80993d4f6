/** The address of the console, for who gives it to somebody by other means than a mail. */

import { useState } from 'preact/hooks';
import { t } from '../words.ts';

export function Link() {
  const [isCopied, setCopied] = useState(false);
  const words = t().staff;
  const link = new URL('/console', location.origin).href;
  return (
    <div class="stack">
      <p class="quiet">{words.linkHint}</p>
      <div class="line">
        <a href={link}>{link}</a>
        <button type="button" class="plain" onClick={() => void navigator.clipboard.writeText(link).then(() => setCopied(true))}>
          {words.copy}
        </button>
        <span role="status">{isCopied ? words.copied : ''}</span>
      </div>
    </div>
  );
}
