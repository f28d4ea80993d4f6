/** The address of the console, for who gives it to somebody by other means than a mail. */

import { useCopy } from '../ui/use-copy.ts';
import { t } from '../words.ts';

export function Link() {
  const { isCopied, copy } = useCopy();
  const words = t().staff;
  const link = new URL('/console', location.origin).href;
  return (
    <div class="stack">
      <p class="quiet">{words.linkHint}</p>
      <div class="line">
        <a href={link}>{link}</a>
        <button type="button" class="plain" onClick={() => copy(link)}>
          {words.copy}
        </button>
        <span role="status">{isCopied ? words.copied : ''}</span>
      </div>
    </div>
  );
}
