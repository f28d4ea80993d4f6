/** Which forms hold what is not saved yet, and what happens to it when somebody wants to leave. */

import { signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { guardPages } from '../../../shared/lib/router.ts';

const open = new Set<symbol>();

/** Whether some form of the page holds what is not saved. */
export const isUnsavedHere = signal(false);

/** What somebody wants to do that would lose it: the page asks, and does it if the person says so. */
export const wish = signal<(() => void) | undefined>(undefined);

/**
 * Keep a page while its form holds what is not saved: links, Back, another store, and closing the
 * tab ask first. Return a function for once it is saved: from then on nothing asks.
 */
export function useUnsaved(isUnsaved: boolean): () => void {
  const own = useRef(Symbol('form'));
  // With what is drawn, and not a moment later: who reads "Saved" and goes on is not asked.
  useLayoutEffect(() => {
    if (isUnsaved) hold(own.current);
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
  open.clear();
  settle();
  wish.value = undefined;
  leave?.();
}

export function stay(): void {
  wish.value = undefined;
}

function mayLeave(leave: () => void): boolean {
  if (open.size === 0) return true;
  wish.value = leave;
  return false;
}

function hold(form: symbol): void {
  open.add(form);
  isUnsavedHere.value = true;
  addEventListener('beforeunload', warn); // Only while there is something: it keeps pages out of the browser's cache.
}

function letGo(form: symbol): void {
  open.delete(form);
  settle();
}

function settle(): void {
  if (open.size > 0) return;
  isUnsavedHere.value = false;
  removeEventListener('beforeunload', warn);
}

/** The browser asks in its own words. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

guardPages(mayLeave);
