/** Sends bookings: at once if there is a connection, and otherwise later, each once, from one tab. */

import { signal } from '@preact/signals';
import { idempotencyKey, isUnknown, Problem } from '../../../shared/api/client.ts';
import { user } from '../../../shared/firebase/session.ts';
import { account, store } from '../access.ts';
import { mode } from '../mode.ts';
import { book, type Booking, type Purchase } from './bookings.ts';
import { backOff, inOrder, isOf, nextDue, type Entry, type Scope } from './outbox-rules.ts';
import { change, list, onOthers, put, remove } from './outbox-store.ts';
import { differenceOf } from './rules-of-then.ts';
import { answered } from './sent.ts';
import { differing, unsent } from './unsent.ts';

/** What waits here of this person, in this account and store. */
export const waiting = signal<readonly Entry[]>([]);
/** How many wait of this person in other stores and accounts, of the same mode. */
export const elsewhere = signal(0);
/** How many were sent since this page was opened. */
export const sentLater = signal(0);

const LOCK = 'punktwerk.till.outbox';
/** Longer than the two calls of a sending can take. */
const LEASE_MS = 45_000;
/** So long somebody at the counter waits for an answer. The call goes on behind. */
const PATIENCE_MS = 8_000;
const LOOK_AGAIN_MS = 60_000;

let isStarted = false;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** What is to be booked by this person, here and now. */
export function intend(purchase: Purchase): Entry {
  const { customer, mark, program, bought, digits, paid } = purchase;
  const at = Date.now();
  return {
    ...scope(),
    key: idempotencyKey(),
    programId: program.programId,
    programName: program.programName,
    currency: program.currency,
    rules: program.rules,
    purchaseAmount: 'minor' in bought ? bought.minor / 10 ** digits : 0,
    ...('count' in bought && { purchaseCount: bought.count }),
    digits,
    ...(paid && { paid: paid / 10 ** digits }),
    customer,
    mark,
    at,
    notBefore: at + LEASE_MS,
    wasSent: false,
    failed: 0,
    refusal: null,
    isConfirmed: false,
  };
}

/**
 * Book it. Return the booking, or nothing if it is kept and sent later, as no answer came.
 *
 * It is kept before it is sent: a tab that dies on the way loses nothing. If this browser cannot keep
 * it, a lost answer is thrown, and the person sends it again.
 */
export async function send(entry: Entry): Promise<Booking | undefined> {
  const isKept = await put(entry).then(
    () => true,
    () => false,
  );
  if (!isKept) return attempt(entry);
  let isWatched = true;
  async function settle(): Promise<Booking | undefined> {
    try {
      const booking = await attempt(entry);
      if (isWatched) await drop(entry.key);
      else await settleLater(booking);
      return booking;
    } catch (error) {
      if (mayBeSentLater(error)) return keepForLater(entry.key);
      if (isWatched) await drop(entry.key); // The person is there, and decides.
      else await park(entry.key, error);
      throw error;
    }
  }
  let wait: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    wait = setTimeout(resolve, PATIENCE_MS);
  });
  try {
    return await Promise.race([settle(), patience.then(() => keepForLater(entry.key))]);
  } finally {
    clearTimeout(wait);
    isWatched = false;
  }
}

async function attempt(entry: Entry): Promise<Booking> {
  if (!navigator.onLine) throw new Problem('offline');
  return book(entry, async (userId) => {
    const sent = (kept: Entry): Entry => ({ ...kept, customer: { userId }, wasSent: true });
    await change(entry.key, sent).catch(() => undefined); // It is sent all the same.
    requireHere(entry);
  });
}

async function keepForLater(key: string): Promise<undefined> {
  await change(key, (kept) => ({ ...kept, notBefore: 0 }));
  await load();
  if (waiting.value.some((each) => each.key === key)) plan(backOff(failures, Math.random()));
  return undefined;
}

/** Send it again, or all the same: a person has decided. */
export async function retry(key: string): Promise<void> {
  await change(key, (entry) => ({ ...entry, refusal: null, notBefore: 0, failed: 0, isConfirmed: true }));
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
  const entries = await list().catch(() => []);
  const own = entries.filter((each) => each.uid === here?.uid);
  const mine = here ? own.filter((each) => isOf(each, here)) : [];
  // What has just been tapped is being sent: it waits if that fails.
  waiting.value = inOrder(mine.filter((each) => each.notBefore <= Date.now() || each.failed > 0));
  const isElsewhere = (each: Entry): boolean => each.mode === here?.mode && !mine.includes(each);
  elsewhere.value = own.filter((each) => isElsewhere(each) && !each.outcome).length;
  unsent.value = own.filter((each) => !each.outcome).length;
  differing.value = mine.filter((each) => each.outcome).length;
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
    const entries = await list();
    const next = here && nextDue(entries.filter((each) => isOf(each, here)), Date.now());
    if (!next) return;
    let booking: Booking;
    try {
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
    await settleLater(booking);
  }
}

/** Forget what was sent later, unless it earned something else than was promised: a person has to read that. */
async function settleLater(booking: Booking): Promise<void> {
  const { entry, told } = booking;
  answered(booking);
  sentLater.value += 1;
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
    failed: kept.failed + 1,
    notBefore: Date.now() + backOff(kept.failed, Math.random()),
  }));
}

function park(key: string, error: unknown): Promise<void> {
  const refusal = error instanceof Problem ? error.code || error.kind : 'server';
  return change(key, (kept) => ({ ...kept, refusal, notBefore: 0 })).then(load);
}

function plan(wait: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void drain(), wait);
}

/** Stop if somebody else has signed in, or another store was opened, while it was on its way. */
function requireHere(entry: Entry): void {
  const here = scopeOrNone();
  if (!here || !isOf(entry, here)) throw new Problem('offline');
}

function scope(): Scope {
  const here = scopeOrNone();
  if (!here) throw new Error('no store is open');
  return here;
}

export function scopeOrNone(): Scope | null {
  const accountId = account.value?.accountId;
  const storeId = store.value?.storeId;
  const uid = user.value?.uid;
  return uid && accountId && storeId ? { uid, accountId, storeId, mode: mode.value } : null;
}
