/** What a card brings, for who thinks of getting it. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './load.mjs';

const { nearestPrize, prizesOfFullCard } = await load('shared/card/prizes.ts');
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
