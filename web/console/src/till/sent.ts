/** The answers to what was sent later, since this page was opened: shown and undone as what is booked at once. */

import { signal } from '@preact/signals';
import type { Booking } from './bookings.ts';
import { isOf, type Scope } from './outbox-rules.ts';

const KEPT_MAX = 200;

const sent = signal<readonly Booking[]>([]);
/** The keys of those that a person has read. */
const read = signal<ReadonlySet<string>>(new Set());
const channel = new BroadcastChannel('punktwerk.till.sent');
channel.addEventListener('message', ({ data }: MessageEvent<Booking>) => answered(data));

export function answered(booking: Booking): void {
  const others = sent.value.filter((each) => each.entry.key !== booking.entry.key);
  sent.value = [booking, ...others].slice(0, KEPT_MAX);
}

/** Tell the other pages of an answer: one of them may have been loaded again while it was on its way. */
export const tell = (booking: Booking): void => channel.postMessage(booking);

/** Return the answer to one of them; `undefined` if there is none. */
export const answerTo = (key: string): Booking | undefined => sent.value.find((each) => each.entry.key === key);

/** Return those of this person, the one that was tapped last first: nobody sees another person's. */
export const answeredOf = (here: Scope | null): readonly Booking[] =>
  sent.value
    .filter((each) => here && isOf(each.entry, here))
    .toSorted((one, other) => other.entry.at - one.entry.at);

/** Return those that nobody has read yet. */
export const unread = (here: Scope | null): readonly Booking[] =>
  answeredOf(here).filter(({ entry }) => !read.value.has(entry.key));

export function readAll(bookings: readonly Booking[]): void {
  read.value = new Set([...read.value, ...bookings.map(({ entry }) => entry.key)]);
}

/** Whether the balance that it tells may not be that of now: it may be of its first sending, or something was sent since. */
export const isOld = ({ userId, entry, at, isRepeated }: Booking): boolean =>
  isRepeated === true ||
  sent.value.some(
    (each) => each.userId === userId && each.entry.programId === entry.programId && each.entry.key !== entry.key && each.at > at,
  );
