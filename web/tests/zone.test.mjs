/** Days of a store's time zone. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from './load.mjs';

const { beginOf, endOf, dayAt, lastDayOf } = await load('shared/lib/zone.ts');

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

/** The API's tests read the same file. */
const LAST_DAYS = JSON.parse(readFileSync(new URL('last-days.json', import.meta.url), 'utf8'));
for (const { endsAt, zone, lastDay } of LAST_DAYS) {
  test(`what ends at ${endsAt} in ${zone} can be used on ${lastDay}, and no longer`, () => {
    assert.equal(lastDayOf(endsAt, zone), lastDay);
    assert.equal(lastDayOf(new Date(endsAt), zone), lastDay);
  });
}

test('what ends with a day that somebody chose is shown with that day, wherever the phone is', async () => {
  globalThis.navigator ??= { language: 'en-GB' };
  const { calendarDay, dayIn, lastDay } = await load('shared/i18n/format.ts');
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati']) {
    assert.equal(lastDay(endOf('2026-12-24', zone), zone), calendarDay('2026-12-24'));
    assert.equal(dayIn(beginOf('2026-12-24', zone), zone), calendarDay('2026-12-24'));
  }
});
