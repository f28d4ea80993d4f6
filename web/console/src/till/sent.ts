/** The answers to what was sent later, since this page was opened: shown and undone as what is booked at once. */

import { signal } from '@preact/signals';
import type { Booking } from './bookings.ts';
import { isOf, type Scope } from './outbox-rules.ts';

const KEPT_MAX = 20;

const sent = signal<readonly Booking[]>([]);

export function answered(booking: Booking): void {
  sent.value = [booking, ...sent.value].slice(0, KEPT_MAX);
}

/** Return the answer to one of them; `undefined` if there is none, or another tab has it. */
export const answerTo = (key: string): Booking | undefined => sent.value.find((each) => each.entry.key === key);

/** Return the purchase that was tapped last of those that were sent: nobody sees another person's. */
export function lastAnswered(here: Scope | null): Booking | undefined {
  const own = sent.value.filter((each) => here && isOf(each.entry, here));
  return own.toSorted((one, other) => other.entry.at - one.entry.at)[0];
}
