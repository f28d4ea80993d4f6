import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { standingOf, missingFor, lackOf, stampsOf } = await load('shared/card/standing.ts');
const NOW = new Date('2026-11-30T12:00:00Z');
const SOON = '2026-11-30T12:30:00Z';
const hold = (units, endsAt = SOON) => ({ lots: [{ units, expiresAt: null }], endsAt });
const member = (balanceUnits, ...holds) => ({ balanceUnits, lots: [], holds });

/** Balance, what is reserved, and what a card for three stamps then says, and a reward for three. */
const CASES = [
  ['nothing', member(0), { free: 0, reserved: 0, owed: 0 }, { drawn: 0, more: 0 }, 3],
  ['some', member(2), { free: 2, reserved: 0, owed: 0 }, { drawn: 2, more: 0 }, 1],
  ['a full card', member(3), { free: 3, reserved: 0, owed: 0 }, { drawn: 3, more: 0 }, 0],
  ['more than a full card', member(4), { free: 4, reserved: 0, owed: 0 }, { drawn: 3, more: 1 }, 0],
  ['a full card that is reserved', member(3, hold(3)), { free: 0, reserved: 3, owed: 0 }, { drawn: 0, more: 0 }, 3],
  ['one more beside it', member(4, hold(3)), { free: 1, reserved: 3, owed: 0 }, { drawn: 1, more: 0 }, 2],
  ['a stamp of it undone', member(2, hold(3)), { free: 0, reserved: 2, owed: 0 }, { drawn: 0, more: 0 }, 3],
  ['all of it undone', member(0, hold(3)), { free: 0, reserved: 0, owed: 0 }, { drawn: 0, more: 0 }, 3],
  ['spent, and then undone', member(-1), { free: 0, reserved: 0, owed: 1 }, { drawn: 0, more: 0 }, 4],
  ['a reservation that is over', member(4, hold(3, '2026-11-30T12:00:00Z')), { free: 4, reserved: 0, owed: 0 }, { drawn: 3, more: 1 }, 0],
  ['two reservations', member(7, hold(3), hold(3)), { free: 1, reserved: 6, owed: 0 }, { drawn: 1, more: 0 }, 2],
];

for (const [name, membership, standing, stamps, missing] of CASES) {
  test(`what is free, reserved, owed and missing: ${name}`, () => {
    const found = standingOf(membership, NOW);
    assert.deepEqual(found, standing);
    assert.equal(found.free + found.reserved - found.owed, membership.balanceUnits);
    assert.deepEqual(stampsOf(found, 3), stamps);
    assert.equal(missingFor(3, found), missing);
  });
}

test('a reservation lacks what was taken back of it, until it is there again', () => {
  assert.equal(lackOf(hold(3), member(2, hold(3)), NOW), 1);
  assert.equal(lackOf(hold(3), member(-1, hold(3)), NOW), 3);
  assert.equal(lackOf(hold(3), member(3, hold(3)), NOW), 0);
});

test('what has expired and is not written off yet counts for nothing', () => {
  const gone = { balanceUnits: 5, lots: [{ units: 2, expiresAt: '2026-11-30T12:00:00Z' }], holds: [] };
  assert.deepEqual(standingOf(gone, NOW), { free: 3, reserved: 0, owed: 0 });
});
