/**
 * What somebody has asked for who has to sign in first: to join a program. It goes on when the person
 * is back, without a second tap.
 *
 * The way back holds a number that is drawn at the tap and known to this browser alone. So a link that
 * somebody else has made joins nothing, nor does a sign-in that was begun by another button.
 */

import { here } from '../../shared/lib/router.ts';

export interface Joining {
  readonly programId: string;
  /** The code of a friend; empty without one. */
  readonly friendsCode: string;
}

interface Waiting extends Joining {
  readonly number: string;
  readonly askedAt: number;
}

const KEY = 'punktwerk.joining';
const MARK = '#join=';
/** A mail takes a while; but who signs in later in this browser may be somebody else, and is not asked. */
const MS_MAX = 10 * 60_000;

/** Remember what is asked for on this page, and return the way back to it. */
export function rememberJoining(asked: Joining): string {
  const waiting: Waiting = { ...asked, number: crypto.randomUUID(), askedAt: Date.now() };
  const [page = ''] = here().split('#');
  try {
    localStorage.setItem(KEY, JSON.stringify(waiting));
  } catch {
    return page; // Without a storage it takes a second tap.
  }
  return page + MARK + waiting.number;
}

/** Return the page of a way back, for a tab that must not take what another one does. */
export const withoutJoining = (back: string): string => back.split(MARK)[0] ?? back;

/** Return what the address of this page says was asked for here, once. */
export function takeJoining(): Joining | null {
  const { hash } = location;
  if (!hash.startsWith(MARK)) return null;
  history.replaceState(null, '', location.pathname + location.search);
  const waiting = takeWaiting();
  const isAsked = waiting && MARK + waiting.number === hash && Date.now() - waiting.askedAt < MS_MAX;
  return isAsked ? { programId: waiting.programId, friendsCode: waiting.friendsCode } : null;
}

/** Forget what was asked for: at the end of a session, as somebody else may be next. */
export function forgetJoining(): void {
  takeWaiting();
}

function takeWaiting(): Waiting | null {
  try {
    const text = localStorage.getItem(KEY);
    localStorage.removeItem(KEY);
    return text === null ? null : (JSON.parse(text) as Waiting);
  } catch {
    return null;
  }
}
