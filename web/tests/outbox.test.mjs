/** What becomes of bookings that wait for a connection. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { backOff, countsThen, freed, inOrder, isLeased, isOf, keptCustomer, markOf, nextDue, standing, toldTime, DAY_MS, MINUTE_MS } =
  await load('console/src/till/outbox-rules.ts');

const NOW = Date.parse('2026-11-30T12:00:00Z');
const ANNA = { memberCode: 'S7K2M9QXT4HBCW3ZE' };
const BEN = { customerNumber: 'C-1' };

function entry(key, fields = {}) {
  return { key, customer: ANNA, at: NOW - MINUTE_MS, notBefore: 0, wasSent: false, failed: 0, refusal: null, isConfirmed: false, ...fields };
}

const next = (...entries) => nextDue(entries, NOW)?.key;

test('the earliest goes first', () => {
  assert.equal(next(entry('b', { at: NOW - 1 }), entry('a', { at: NOW - 2 })), 'a');
  assert.deepEqual(inOrder([entry('b'), entry('a')]).map(({ key }) => key), ['a', 'b']);
  assert.equal(next(), undefined);
});

test('one that may be on its way holds up those of its customer, and nobody else’s', () => {
  const first = entry('a', { at: NOW - 3, notBefore: NOW + 1 });
  assert.equal(next(first, entry('b', { at: NOW - 2 })), undefined);
  assert.equal(next(first, entry('b', { at: NOW - 2 }), entry('c', { at: NOW - 1, customer: BEN })), 'c');
  assert.equal(nextDue([first, entry('b')], NOW + 1)?.key, 'b'); // It was made a minute before.
});

test('what waits for a person holds up nothing', () => {
  const refused = entry('a', { at: NOW - 3, refusal: 'MEMBER_SUSPENDED' });
  const old = entry('b', { at: NOW - DAY_MS - 1 });
  assert.equal(next(refused, old, entry('c')), 'c');
  assert.equal(next(refused, old), undefined);
});

test('an old one is sent when a person has said so', () => {
  const old = entry('a', { at: NOW - DAY_MS - 1 });
  assert.equal(standing(old, NOW), 'old');
  assert.equal(standing({ ...old, at: NOW - DAY_MS }, NOW), 'waiting');
  assert.equal(standing({ ...old, isConfirmed: true }, NOW), 'waiting');
  assert.equal(standing({ ...old, isConfirmed: true, refusal: 'X' }, NOW), 'refused');
});

test('network trouble waits longer each time, up to five minutes', () => {
  assert.deepEqual([0, 1, 2, 5, 6, 1000].map((each) => backOff(each, 0.5)), [5000, 10_000, 20_000, 160_000, 300_000, 300_000]);
  assert.deepEqual([backOff(0, 0), backOff(0, 1)], [4000, 6000]);
});

test('the time of the sale is told, if it is not now and not too long ago', () => {
  const told = (ago, skew = 0) => toldTime(entry('a', { at: NOW - ago }), NOW, skew);
  assert.equal(told(MINUTE_MS), undefined);
  assert.equal(told(60 * MINUTE_MS), '2026-11-30T11:00:00.000Z');
  assert.equal(told(60 * MINUTE_MS, -5000), '2026-11-30T10:59:55.000Z'); // The clock here is ahead.
  assert.equal(told(7 * DAY_MS), undefined);
  assert.equal(countsThen(entry('a', { at: NOW - 7 * DAY_MS }), NOW), false);
  assert.equal(countsThen(entry('a', { at: NOW - 6 * DAY_MS }), NOW), true);
});

test('a clock that was set back leaves nothing behind', () => {
  const later = entry('a', { at: NOW + DAY_MS, notBefore: NOW + DAY_MS + MINUTE_MS });
  assert.equal(next(later), 'a');
  assert.equal(toldTime(later, NOW, 0), undefined);
});

test('bookings are of a person, an account, a store and a mode', () => {
  const scope = { uid: 'u', accountId: 'a', storeId: 's', mode: 'live' };
  assert.ok(isOf(entry('k', scope), scope));
  for (const name of ['uid', 'accountId', 'storeId', 'mode']) {
    assert.ok(!isOf(entry('k', scope), { ...scope, [name]: 'x' }));
  }
});

test('codes and numbers are kept, addresses and phone numbers are not', () => {
  assert.deepEqual(keptCustomer(ANNA), ANNA);
  assert.deepEqual(keptCustomer(BEN), BEN);
  assert.equal(keptCustomer({ email: 'a@example.com' }), null);
  assert.equal(keptCustomer({ phone: '+49 151' }), null);
  assert.deepEqual([markOf(ANNA), markOf(BEN), markOf({ userId: 'ab' })], ['…W3ZE', '…C-1', '…ab']);
});

test('what a page was sending that is gone is free at once; of a page that is open it waits for its time', () => {
  const sending = entry('a', { page: 'gone', notBefore: NOW + 45_000 });
  assert.equal(next(freed(sending, new Set(['open']))), 'a');
  assert.equal(next(freed({ ...sending, page: 'open' }, new Set(['open']))), undefined);
  assert.equal(next(freed({ ...sending, page: undefined }, new Set())), undefined); // No browser has told.
  assert.ok(isLeased(sending, NOW));
  assert.ok(!isLeased({ ...sending, failed: 1 }, NOW)); // It waits after a failure.
  assert.ok(!isLeased(freed(sending, new Set()), NOW));
});
