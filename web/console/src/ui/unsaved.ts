/** What of a page would be lost with it: what is typed and not saved, and what is shown only once. What happens to it when somebody wants to leave. */

import { signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { guardPages } from '../../../shared/lib/router.ts';

/** What would be lost: a form's content, or a secret that is never shown again. */
export type Kind = 'form' | 'secret';

const open = new Map<symbol, Kind>();

/** Whether some form of the page holds what is not saved. */
export const isUnsavedHere = signal(false);

/** What the page would lose at worst. */
export const kindHere = (): Kind => ([...open.values()].includes('secret') ? 'secret' : 'form');

/** What somebody wants to do that would lose it: the page asks, and does it if the person says so. */
export const wish = signal<(() => void) | undefined>(undefined);

/**
 * Keep a page while its form holds what is not saved: links, Back, another store, and closing the
 * tab ask first. Return a function for once it is saved: from then on nothing asks.
 */
export function useUnsaved(isUnsaved: boolean, kind: Kind = 'form'): () => void {
  const own = useRef(Symbol('form'));
  // With what is drawn, and not a moment later: who reads "Saved" and goes on is not asked.
  useLayoutEffect(() => {
    if (isUnsaved) hold(own.current, kind);
    return () => letGo(own.current);
  }, [isUnsaved]);
  return () => letGo(own.current);
}

/** Do what leaves the page, or ask first. Return whether it was done. */
export function leaving(leave: () => void): boolean {
  const isFree = mayLeave(leave);
  if (isFree) leave();
  return isFree;
}

/** The person has said that it may be lost. */
export function leaveNow(): void {
  const leave = wish.value;
  forget();
  wish.value = undefined;
  leave?.();
}

/** What the page holds belongs to what is gone. */
export function forget(): void {
  open.clear();
  settle();
}

export function stay(): void {
  wish.value = undefined;
}

function mayLeave(leave: () => void): boolean {
  if (open.size === 0) return true;
  wish.value = leave;
  return false;
}

function hold(form: symbol, kind: Kind): void {
  open.set(form, kind);
  settle();
  addEventListener('beforeunload', warn); // Only while there is something: it keeps pages out of the browser's cache.
}

function letGo(form: symbol): void {
  open.delete(form);
  settle();
}

function settle(): void {
  isUnsavedHere.value = [...open.values()].includes('form');
  if (open.size > 0) return;
  removeEventListener('beforeunload', warn);
}

/** The browser asks in its own words. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

guardPages(mayLeave);
