/** The sentences of the console promise what the API books: both compute the same for many amounts. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { load } from '../../tests/load.mjs';
import { call, facts } from '../browser.mjs';

const { earnedBy } = await load('shared/lib/earning.ts');

const PROGRAMS = [
  ['stamps', { requiredStamps: 10, stampsPerPurchase: 2 }],
  ['points', { pointsPerEuro: 10 }],
  ['points', { pointsPerEuro: 0.3333, minimumPurchase: 5.01 }],
  ['cashback', { cashbackPercentage: 2.75, maxCashbackPerTransaction: 7.77 }],
  ['tier', { pointsPerEuro: 1.1, tiers: [{ name: 'A', minPoints: 0, multiplier: 1.25 }, { name: 'B', minPoints: 500 }] }],
];

/** In cents: the edges, and some between. */
const AMOUNTS = [1, 9, 10, 99, 100, 101, 333, 500, 501, 999, 1290, 1999, 2999, 10_001, 28_254, 28_255, 99_999, 123_456, 9_999_999];

const { storeId } = facts;
for (const [programType, rules] of PROGRAMS) {
  const programName = `Earning ${randomUUID().slice(0, 8)}`;
  const { programId } = await call('createLoyaltyProgram', { storeId, programName, programType, rules, isActive: true });
  const userId = `earning-${randomUUID()}`;
  await call('enrollInLoyaltyProgram', { programId, userId });
  const multiplier = rules.tiers?.[0].multiplier ?? 1;
  for (const minor of AMOUNTS) {
    const { points } = await call('calculateLoyaltyPoints', { programId, userId, purchaseAmount: minor / 100 });
    const units = programType === 'cashback' ? Math.round(points * 100) : points;
    const said = earnedBy(rules, { minor, currency: 'EUR', multiplier });
    assert.equal(said, units, `${programType} ${JSON.stringify(rules)} of ${minor}`);
  }
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
