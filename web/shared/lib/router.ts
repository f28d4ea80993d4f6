/** Which page an address names. Links within the app change the address without a reload. */

import { signal } from '@preact/signals';

export const path = signal(location.pathname);

/** Asked before a page is left. It says whether it may be left now; if not, it may call `leave` later. */
export type Guard = (leave: () => void) => boolean;

let guard: Guard = () => true;
/** How many addresses of the app come before this one: by that Back can be told from Forward. */
let position = positionOf(history.state);
/** Whether the browser is on its way back to the page that the guard keeps. */
let isReturning = false;

export function guardPages(asked: Guard): void {
  guard = asked;
}

export function go(to: string): void {
  const isHere = new URL(to, location.href).pathname === location.pathname;
  if (isHere || guard(() => open(to))) open(to);
}

function open(to: string): void {
  position += 1;
  history.pushState({ position }, '', to);
  show();
}

/** Show another page in place of this one, which is not kept for Back. It asks nobody. */
export function replace(to: string): void {
  history.replaceState({ position }, '', to);
  show();
}

/**
 * Note which page is open. What is returned tells whether it still is: who has gone elsewhere before
 * an answer came is not called away from there.
 */
export function staying(): () => boolean {
  const from = path.value;
  return () => path.value === from;
}

/** Return the whole address of the page, for a way back to it. */
export const here = (): string => location.pathname + location.search + location.hash;

/** Return the parts of the address: `/s/store_1` is `['s', 'store_1']`. */
export const parts = (): readonly string[] => partsOf(path.value);

export function partsOf(pathname: string): readonly string[] {
  return pathname.split('/').filter(Boolean).map(decoded);
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
  history.replaceState({ position }, '');
  addEventListener('popstate', moved);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey;
    if (!link || !isPlain || link.origin !== location.origin || link.target || link.hash) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** The browser has gone to another address by itself: by Back, Forward, or a link within the page. */
function moved({ state }: PopStateEvent): void {
  if (isReturning) {
    isReturning = false;
    return;
  }
  if (state === null) history.replaceState({ position: position + 1 }, '');
  const steps = positionOf(history.state) - position;
  if (location.pathname !== path.value && steps !== 0 && !guard(() => history.go(steps))) {
    isReturning = true;
    history.go(-steps);
    return;
  }
  position += steps;
  show();
}

function positionOf(state: unknown): number {
  const found = (state as { readonly position?: unknown } | null)?.position;
  return typeof found === 'number' ? found : 0;
}

function show(): void {
  path.value = location.pathname;
  scrollTo(0, 0);
}
