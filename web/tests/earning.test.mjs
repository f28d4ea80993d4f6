/** What purchases earn; e2e/console/earning.mjs compares it with the API. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { earnedBy } = await load('shared/lib/earning.ts');

const CASES = [
  ['points', { pointsPerEuro: 10 }, 1290, 'EUR', 129],
  ['rounded down', { pointsPerEuro: 1 }, 1299, 'EUR', 12],
  ['no float gets between', { pointsPerEuro: 0.1 }, 3000, 'EUR', 3],
  ['a rate of four decimals', { pointsPerEuro: 0.0001 }, 999_999, 'EUR', 0],
  ['its first point', { pointsPerEuro: 0.0001 }, 1_000_000, 'EUR', 1],
  ['yen have no decimals', { pointsPerEuro: 0.01 }, 1290, 'JPY', 12],
  ['below the minimum', { pointsPerEuro: 10, minimumPurchase: 13 }, 1299, 'EUR', 0],
  ['just the minimum', { pointsPerEuro: 10, minimumPurchase: 12.99 }, 1299, 'EUR', 129],
  ['a stamp for each purchase', { requiredStamps: 10 }, 1, 'EUR', 1],
  ['two stamps', { requiredStamps: 10, stampsPerPurchase: 2 }, 100_000, 'EUR', 2],
  ['cashback in cents', { cashbackPercentage: 3 }, 1290, 'EUR', 38],
  ['cashback of a quarter percent', { cashbackPercentage: 0.25 }, 1290, 'EUR', 3],
  ['no more than the most', { cashbackPercentage: 10, maxCashbackPerTransaction: 1 }, 1290, 'EUR', 100],
  ['nothing bought', { requiredStamps: 10 }, 0, 'EUR', 0],
];

for (const [name, rules, minor, currency, earned] of CASES) {
  test(name, () => assert.equal(earnedBy(rules, { minor, currency }), earned));
}

test('a level multiplies before it is rounded', () => {
  const rules = { pointsPerEuro: 1, tiers: [] };
  assert.equal(earnedBy(rules, { minor: 199, currency: 'EUR', multiplier: 1.5 }), 2);
  assert.equal(earnedBy(rules, { minor: 200, currency: 'EUR', multiplier: 1.5 }), 3);
});

test('the largest purchase at a high rate is exact', () => {
  assert.equal(earnedBy({ pointsPerEuro: 99.9999 }, { minor: 1_000_000_000, currency: 'EUR' }), 999_999_000);
});
