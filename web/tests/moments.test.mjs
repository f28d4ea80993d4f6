import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { nextChange } = await load('shared/card/moments.ts');
const NOW = new Date('2026-11-30T12:00:00Z');
const at = (minutes) => new Date(NOW.getTime() + minutes * 60_000);
const reward = (validFrom, validUntil) => ({ validFrom, validUntil });
const campaign = (startsAt, endsAt) => ({ startsAt, endsAt });

test('a card changes at the first end or beginning that is ahead', () => {
  const card = { rewards: [reward(null, null), reward(at(-1), at(40))], campaigns: [campaign(at(50), null)] };
  const member = (lots, ...holds) => ({ lots, holds });
  const next = (membership) => (nextChange(card, membership, NOW) - NOW.getTime()) / 60_000;
  assert.equal(next(undefined), 40);
  assert.equal(next(member([{ units: 1, expiresAt: at(30).toISOString() }])), 30);
  const hold = { endsAt: at(20).toISOString(), lots: [{ units: 1, expiresAt: at(25) }] };
  assert.equal(next(member([], hold)), 20);
  // What was reserved expires once it is free again.
  assert.equal(next(member([], { ...hold, endsAt: NOW })), 25);
  assert.equal(next({ lots: [] }), 40);
  assert.equal(nextChange({ rewards: [], campaigns: [] }, undefined, NOW), Infinity);
  assert.equal(nextChange({ rewards: [], campaigns: [campaign(at(-2), at(0))] }, undefined, NOW), Infinity);
});
