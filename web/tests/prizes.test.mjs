/** What a card brings: for who thinks of getting it, and for who has it. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './load.mjs';

const { nearestPrize, prizesOfFullCard, reachOf } = await load('shared/card/prizes.ts');
const NOW = new Date('2026-11-30T12:00:00Z');

const reward = (title, requiredPoints, more = {}) => ({
  rewardId: title,
  title,
  requiredPoints,
  requiredTier: null,
  validFrom: null,
  validUntil: null,
  ...more,
});
const titles = (rewards) => rewards.map((each) => each.title);

test('a full card brings what exactly its stamps buy', () => {
  const rewards = [reward('Cake', '5'), reward('Coffee', '10'), reward('Tea', '10.00'), reward('Dinner', '30')];
  const card = { rules: { requiredStamps: 10 }, rewards };
  assert.deepEqual(titles(prizesOfFullCard(card, NOW)), ['Coffee', 'Tea']);
});

test('a program of points has no full card', () => {
  assert.deepEqual(prizesOfFullCard({ rules: {}, rewards: [reward('Coffee', '10')] }, NOW), []);
});

test('what is over, or has not begun, is not promised', () => {
  const rewards = [
    reward('Yesterday', '10', { validUntil: '2026-11-29T12:00:00Z' }),
    reward('Tomorrow', '10', { validFrom: '2026-12-01T12:00:00Z' }),
  ];
  const card = { rules: { requiredStamps: 10 }, rewards };
  assert.deepEqual(prizesOfFullCard(card, NOW), []);
  assert.equal(nearestPrize(card, NOW), undefined);
});

test('the nearest reward is the cheapest that everybody can have', () => {
  const rewards = [reward('Dinner', '900'), reward('Coffee', '100'), reward('Gift', '20', { requiredTier: 'Gold' })];
  assert.equal(nearestPrize({ rules: {}, rewards }, NOW).title, 'Coffee');
  assert.equal(nearestPrize({ rules: {}, rewards: rewards.slice(2) }, NOW).title, 'Gift');
});

const CARD = {
  rules: { tiers: [{ name: 'Bronze' }, { name: 'Gold' }] },
  rewards: [reward('Dinner', '30'), reward('Coffee', '10'), reward('Cake', '5'), reward('Tasting', '8', { requiredTier: 'Gold' })],
};
const hold = (rewardId, units) => ({ rewardId, lots: [{ units, expiresAt: null }], endsAt: '2026-11-30T12:30:00Z' });
const member = (balanceUnits, ...holds) => ({ balanceUnits, scale: 0, lots: [], holds, tier: 'Bronze' });
const reach = (membership) => {
  const { enough, next } = reachOf(CARD, membership, NOW);
  return [enough?.title, next?.reward.title, next?.missing];
};

test('a member reads what it is enough for, and what comes next', () => {
  assert.deepEqual(reach(member(0)), [undefined, 'Cake', 5]);
  assert.deepEqual(reach(member(7)), ['Cake', 'Coffee', 3]);
  assert.deepEqual(reach(member(10)), ['Coffee', 'Dinner', 20]);
  assert.deepEqual(reach(member(99)), ['Dinner', undefined, undefined]);
  assert.deepEqual(reach(member(-2)), [undefined, 'Cake', 7]);
});

test('what is reserved is in nobody\'s reach twice', () => {
  assert.deepEqual(reach(member(15, hold('Coffee', 10))), ['Cake', 'Dinner', 25]);
});
