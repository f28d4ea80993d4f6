/** Days of a store's time zone. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { beginOf, endOf, dayAt } = await load('shared/lib/zone.ts');

const BEGINS = [
  ['2026-12-24', 'Europe/Berlin', '2026-12-23T23:00:00.000Z'],
  ['2026-07-01', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
  ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
  ['2026-01-01', 'America/New_York', '2026-01-01T05:00:00.000Z'],
  ['2026-01-01', 'Asia/Kolkata', '2025-12-31T18:30:00.000Z'],
  ['2026-01-01', 'UTC', '2026-01-01T00:00:00.000Z'],
];

for (const [day, zone, begin] of BEGINS) {
  test(`${day} in ${zone}`, () => {
    const time = beginOf(day, zone);
    assert.equal(time.toISOString(), begin);
    assert.equal(dayAt(time, zone), day);
    assert.notEqual(dayAt(new Date(time.getTime() - 1), zone), day);
  });
}

test('the day on which clocks go back has 25 hours', () => {
  const hours = (endOf('2026-10-25', 'Europe/Berlin') - beginOf('2026-10-25', 'Europe/Berlin')) / 3_600_000;
  assert.equal(hours, 25);
});

test('a year ends with its last day', () => {
  assert.equal(endOf('2026-12-31', 'UTC').toISOString(), '2027-01-01T00:00:00.000Z');
});
