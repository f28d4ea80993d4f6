/**
 * Until when a refusal is shown: until its place is used again; until the connection is back, if that was
 * missing; and until what the page is about has changed, which may have been the reason. The app says
 * both: where somebody works for others, as in the console, a refusal stays until they have dealt with it.
 */

import { effect, signal } from '@preact/signals';
import { Problem } from '../api/client.ts';

export type Cause = 'connection' | 'state';

/** Nobody has read a refusal sooner, such as of a tap that came as something else was being booked. */
const READ_MS = 3_000;

const ends = { connection: signal(0), state: signal(0) };

/** What may have been the cause of refusals is over. */
export function endRefusals(cause: Cause): void {
  ends[cause].value = ends[cause].peek() + 1;
}

export const causeOf = (error: unknown): Cause =>
  (error instanceof Problem ? error.kind === 'offline' : !navigator.onLine) ? 'connection' : 'state';

/** Call `end` once the cause of a refusal that is shown from now on is over, until the function that is returned is called. */
export function onRefusalOver(error: unknown, end: () => void): () => void {
  const over = ends[causeOf(error)];
  const [known, since] = [over.peek(), Date.now()];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(function follow() {
    if (over.value === known) return;
    clearTimeout(timer);
    timer = setTimeout(end, Math.max(READ_MS - (Date.now() - since), 0));
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
