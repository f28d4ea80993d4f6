/** Where somebody begins who has asked for no page: at the till, if they were there last or there is no connection. */

import { isConnected } from '../../shared/api/connection.ts';
import type { Section } from './sections.ts';

const TILL = 'till';
const NAME = 'punktwerk.console.begins';

/** Return the id of one of the sections that are open to the person; `undefined` if there is none. */
export function landing(open: readonly Section[]): string | undefined {
  const till = open.find((each) => each.id === TILL);
  const first = till && (!isConnected.value || wasAtTill()) ? till : open[0];
  return first?.id;
}

/** A tablet at the counter shows the till again when it is switched on. */
export function rememberSection(id: string): void {
  try {
    if (id === TILL) localStorage.setItem(NAME, TILL);
    else localStorage.removeItem(NAME);
  } catch {
    // Without storage the first section is shown.
  }
}

function wasAtTill(): boolean {
  try {
    return localStorage.getItem(NAME) === TILL;
  } catch {
    return false;
  }
}
