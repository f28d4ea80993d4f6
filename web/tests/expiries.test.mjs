import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { expiries } = await load('shared/card/expiries.ts');
const NOW = new Date('2026-11-30T12:00:00Z');
const lot = (units, expiresAt) => ({ units, expiresAt });
const sum = (lots) => lots.reduce((units, each) => units + each.units, 0);
const member = (lots, holds = [], owed = 0) => ({ lots, holds, balanceUnits: sum([...lots, ...holds.flatMap((each) => each.lots)]) - owed });

test('all that expires is told by its time, what is over and what stays is not', () => {
  const lots = [
    lot(5, '2026-12-31T23:00:00Z'),
    lot(7, null),
    lot(3, new Date('2026-12-01T23:00:00Z')),
    lot(2, new Date('2026-12-31T23:00:00Z')),
    lot(9, '2026-11-30T12:00:00Z'),
  ];
  assert.deepEqual(expiries(member(lots), NOW), [
    { units: 3, at: new Date('2026-12-01T23:00:00Z') },
    { units: 7, at: new Date('2026-12-31T23:00:00Z') },
  ]);
  assert.deepEqual(expiries(member([]), NOW), []);
});

test('what a reservation has given back expires as before, and what one holds still is not told', () => {
  const held = [lot(4, '2026-12-01T23:00:00Z')];
  const lots = [lot(3, '2026-12-01T23:00:00Z')];
  const first = (endsAt, owed = 0) => expiries(member(lots, [{ lots: held, endsAt }], owed), NOW)[0]?.units;
  assert.equal(first('2026-11-30T12:00:00Z'), 7);
  assert.equal(first('2026-11-30T12:00:01Z'), 3);
  // What is owed is paid of what expires first.
  assert.equal(first('2026-11-30T12:00:00Z', 5), 2);
});
