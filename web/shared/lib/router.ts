/** Which page an address names. Links within the app change the address without a reload. */

import { signal } from '@preact/signals';

export const path = signal(location.pathname);

export function go(to: string): void {
  history.pushState(null, '', to);
  show();
}

export function replace(to: string): void {
  history.replaceState(null, '', to);
  show();
}

/** Return the whole address of the page, for a way back to it. */
export const here = (): string => location.pathname + location.search + location.hash;

/** Return the parts of the address: `/s/store_1` is `['s', 'store_1']`. */
export function parts(): readonly string[] {
  return path.value.split('/').filter(Boolean).map(decoded);
}

/** Return a part of an address as text; one that is badly written names nothing that there is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function startRouter(): void {
  addEventListener('popstate', show);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey;
    if (!link || !isPlain || link.origin !== location.origin || link.target || link.hash) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

function show(): void {
  path.value = location.pathname;
  scrollTo(0, 0);
}
