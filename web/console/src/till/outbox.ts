/** Sends bookings: at once if there is a connection, and otherwise later, each once, from one tab. */

import { signal } from '@preact/signals';
import { isUnknown, Problem } from '../../../shared/api/client.ts';
import { book, type Booking } from './bookings.ts';
import { onGone, openPages, ownPage } from './open-pages.ts';
import { backOff, freed, inOrder, isLeased, isOf, nextDue, type Entry } from './outbox-rules.ts';
import { change, list, onOthers, put, remove } from './outbox-store.ts';
import { differenceOf } from './rules-of-then.ts';
import { requireHere, scopeOrNone } from './scope.ts';
import { answered, tell } from './sent.ts';
import { differing, unsent } from './unsent.ts';

/** What waits here of this person, in this account and store. */
export const waiting = signal<readonly Entry[]>([]);
/** How many wait of this person in other stores and accounts, of the same mode. */
export const elsewhere = signal(0);
/** The keys of what is on its way now, from this page or another one. */
export const onItsWay = signal<ReadonlySet<string>>(new Set());

/** Who has tapped, and waits for the answer at the till. */
export interface Watcher {
  isHere: boolean;
}

const LOCK = 'punktwerk.till.outbox';
/** Longer than the two calls of a sending can take: so long it is left to its page, if nobody can tell whether that is gone. */
const LEASE_MS = 45_000;
/** So long somebody at the counter waits for an answer. The call goes on behind. */
const PATIENCE_MS = 8_000;
const LOOK_AGAIN_MS = 60_000;

let isStarted = false;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const watchers = new Map<string, Watcher>();
const attempts = new Set<string>();

/**
 * Book it. Return the booking, or nothing if it is kept and sent later, as no answer came.
 *
 * It is kept before it is sent: a tab that dies on the way loses nothing. If this browser cannot keep
 * it, a lost answer is thrown, and the person sends it again. Whoever has gone meanwhile finds the
 * answer among those of what was sent later.
 */
export async function send(intended: Entry, watcher: Watcher): Promise<Booking | undefined> {
  const { key } = intended;
  const entry = { ...intended, page: await ownPage(), notBefore: Date.now() + LEASE_MS };
  watchers.set(key, watcher);
  const isWatched = (): boolean => watchers.get(key) === watcher && watcher.isHere;
  const isKept = await put(entry).then(
    () => true,
    () => false,
  );
  async function settle(): Promise<Booking | undefined> {
    if (!isKept) return attempt(entry);
    try {
      const booking = await attempt(entry);
      if (isWatched()) await drop(key);
      else await settleLater(booking);
      return booking;
    } catch (error) {
      if (mayBeSentLater(error)) return keepForLater(key);
      if (isWatched()) await drop(key); // The person is there, and decides.
      else await park(key, error);
      throw error;
    }
  }
  let wait: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    if (isKept) wait = setTimeout(resolve, PATIENCE_MS);
  });
  try {
    return await Promise.race([settle(), patience.then(() => keepForLater(key))]);
  } finally {
    clearTimeout(wait);
    watchers.delete(key);
  }
}

async function attempt(entry: Entry): Promise<Booking> {
  if (!navigator.onLine) throw new Problem('offline');
  attempts.add(entry.key);
  try {
    return await book(entry, async (userId) => {
      const sent = (kept: Entry): Entry => ({ ...kept, customer: { userId }, wasSent: true });
      await change(entry.key, sent).catch(() => undefined); // It is sent all the same.
      requireHere(entry);
    });
  } finally {
    attempts.delete(entry.key);
  }
}

async function keepForLater(key: string): Promise<undefined> {
  watchers.delete(key);
  await change(key, (kept) => ({ ...kept, page: undefined, notBefore: 0 }));
  await load();
  if (waiting.value.some((each) => each.key === key)) plan(backOff(failures, Math.random()));
  return undefined;
}

/** Send it again, or all the same: a person has decided. */
export async function retry(key: string): Promise<void> {
  await change(key, (entry) => ({ ...entry, refusal: null, page: undefined, notBefore: 0, failed: 0, isConfirmed: true }));
  await load();
  await drain();
}

/** Forget a booking: a person has decided. */
export async function drop(key: string): Promise<void> {
  await remove(key);
  await load();
}

/** Show and send what waits, from now on, whenever there may be a connection. */
export function start(): void {
  failures = 0;
  void ownPage(); // Before anything is tapped.
  void load().then(drain);
  if (isStarted) return;
  isStarted = true;
  onOthers(() => void load());
  addEventListener('online', () => {
    failures = 0;
    void drain();
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void load().then(drain);
  });
}

/** Read what waits of this person. */
export async function load(): Promise<void> {
  const here = scopeOrNone();
  const entries = await entriesNow();
  const own = entries.filter((each) => each.uid === here?.uid);
  const mine = here ? own.filter((each) => isOf(each, here)) : [];
  // Whoever has just tapped sees that it is sent, and gets the answer there.
  waiting.value = inOrder(mine.filter(({ key }) => !watchers.get(key)?.isHere));
  onItsWay.value = new Set(mine.filter((each) => attempts.has(each.key) || isLeased(each, Date.now())).map(({ key }) => key));
  const isElsewhere = (each: Entry): boolean => each.mode === here?.mode && !mine.includes(each);
  elsewhere.value = own.filter((each) => isElsewhere(each) && !each.outcome).length;
  unsent.value = own.filter((each) => !each.outcome).length;
  differing.value = mine.filter((each) => each.outcome).length;
}

/** Return what is kept: what a page was sending that is gone is free for others. */
async function entriesNow(): Promise<readonly Entry[]> {
  const [entries, open] = await Promise.all([list().catch(() => []), openPages()]);
  if (!open) return entries;
  const own = await ownPage();
  for (const { page } of entries) {
    if (page !== undefined && page !== own && open.has(page)) onGone(page, () => void load().then(drain));
  }
  return entries.map((each) => freed(each, open));
}

/** Send what is due, in one tab of this browser at a time. */
async function drain(): Promise<void> {
  if (!navigator.onLine || !scopeOrNone()) return;
  await navigator.locks
    .request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock) await sendDue();
    })
    .catch(() => undefined); // The storage does not answer: it is asked again later.
  await load();
  // Also for what another tab has begun to send: it may have been closed since.
  if (unsent.value > 0) plan(failures > 0 ? backOff(failures - 1, Math.random()) : LOOK_AGAIN_MS);
}

async function sendDue(): Promise<void> {
  for (;;) {
    const here = scopeOrNone();
    const entries = await entriesNow();
    const next = here && nextDue(entries.filter((each) => isOf(each, here)), Date.now());
    if (!next) return;
    let booking: Booking;
    try {
      onItsWay.value = new Set([...onItsWay.value, next.key]);
      booking = await attempt(next);
    } catch (error) {
      if (isOfAll(error)) {
        failures += 1;
        return;
      }
      failures = 0;
      await (mayBeSentLater(error) ? postpone(next.key) : park(next.key, error));
      continue;
    }
    failures = 0;
    tell(booking); // Another page may have begun it.
    await settleLater(booking);
  }
}

/** Forget what was sent later, unless it earned something else than was promised: a person has to read that. */
async function settleLater(booking: Booking): Promise<void> {
  const { entry, told } = booking;
  answered(booking);
  const outcome = told && differenceOf(entry, told);
  if (!outcome) return drop(entry.key);
  await change(entry.key, (kept) => ({ ...kept, outcome }));
  await load();
}

/** Whether the same may do later: there was no answer, or the API has too much to do. */
function mayBeSentLater(error: unknown): boolean {
  return !(error instanceof Problem) || ['offline', 'server', 'rateLimited'].includes(error.kind);
}

/** Whether no booking can be sent now: no connection, or who has signed in must do so again. */
function isOfAll(error: unknown): boolean {
  return !(error instanceof Problem) || isUnknown(error) || ['rateLimited', 'unauthorized'].includes(error.kind);
}

/** Let one booking that the API could not carry out wait, and hold up no others. */
function postpone(key: string): Promise<void> {
  return change(key, (kept) => ({
    ...kept,
    page: undefined,
    failed: kept.failed + 1,
    notBefore: Date.now() + backOff(kept.failed, Math.random()),
  }));
}

function park(key: string, error: unknown): Promise<void> {
  const refusal = error instanceof Problem ? error.code || error.kind : 'server';
  return change(key, (kept) => ({ ...kept, refusal, page: undefined, notBefore: 0 })).then(load);
}

function plan(wait: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void drain(), wait);
}
