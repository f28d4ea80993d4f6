/** The head of the section's pages: what the page is, and the way to the others. */

import { useEffect } from 'preact/hooks';
import './developers.css';
import { parts } from '../../../shared/lib/router.ts';
import { t } from '../words.ts';
import { openPages } from './pages.ts';

interface Props {
  readonly title: string;
  /** Whether it is an address, which is long. */
  readonly isAddress?: boolean;
}

export function Head({ title, isAddress }: Props) {
  const words = t().developers;
  const open = openPages();
  const here = parts()[2] ?? open[0]?.id;
  useEffect(() => {
    // On a phone not all links have room: the current ones are shown.
    const current = document.querySelectorAll('.pages [aria-current]');
    for (const each of current) each.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [here]);
  return (
    <>
      <nav class="pages" aria-label={t().shell.sections.developers}>
        {open.map(({ id }) => (
          <a key={id} href={`/console/developers/${id}`} aria-current={id === here ? 'page' : undefined}>
            {words.pages[id]}
          </a>
        ))}
      </nav>
      <h1 tabIndex={-1} class={isAddress ? 'address' : undefined}>
        {title}
      </h1>
    </>
  );
}
