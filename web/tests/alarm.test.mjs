import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { load } from './load.mjs';

const { atMoment } = await load('shared/lib/alarm.ts');
const MINUTE = 60_000;
let now;
let calls;
let page;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  page = new globalThis.EventTarget();
  globalThis.document = page;
  globalThis.addEventListener = page.addEventListener.bind(page);
  globalThis.removeEventListener = page.removeEventListener.bind(page);
  now = 0;
  calls = 0;
});
afterEach(() => mock.timers.reset());

const at = (moment) => atMoment(moment, () => now, () => (calls += 1));
function pass(ms) {
  now += ms;
  mock.timers.tick(ms);
}

test('it is called at its moment, and not before', () => {
  const end = at(90 * MINUTE);
  for (let minute = 1; minute < 90; minute += 1) pass(MINUTE);
  assert.equal(calls, 0);
  pass(MINUTE);
  assert.equal(calls, 1);
  end();
  pass(10 * MINUTE);
  assert.equal(calls, 1);
});

test('a device that slept is told as soon as it wakes, or within a minute', () => {
  const end = at(90 * MINUTE);
  now = 91 * MINUTE; // Its timers stood still.
  page.dispatchEvent(new Event('visibilitychange'));
  assert.equal(calls, 1);
  end();

  at(180 * MINUTE);
  now = 181 * MINUTE;
  mock.timers.tick(MINUTE);
  assert.equal(calls, 2);
});

test('what never comes sets no timer', () => {
  at(Infinity)();
  pass(90 * MINUTE);
  assert.equal(calls, 0);
});
