/** Whether a purchase that was sent later earned what the rules had said at the counter. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { differenceOf } = await load('console/src/till/rules-of-then.ts');

const POINTS = { pointsPerEuro: '10', minimumPurchase: null };
const CASHBACK = { cashbackPercentage: '3', minimumPurchase: null, maxCashbackPerTransaction: '5' };
const STAMPS = { requiredStamps: 10, stampsPerPurchase: 2 };

const entry = (rules, fields = {}) => ({ purchaseAmount: 25, currency: 'EUR', digits: 2, rules, ...fields });
const made = (base, basePoints, fields = {}) => ({ base, basePoints, tierMultiplier: 1, campaigns: [], ...fields });

function told(added, madeOf, fields = {}) {
  return { added, pending: 0, reason: null, cappedBy: null, madeOf, ...fields };
}

const CASES = [
  ['the same rules', entry(POINTS), told(250, made(25, 250)), undefined],
  ['less for each euro', entry(POINTS), told(50, made(25, 50)), { promised: 250, booked: 50 }],
  ['more for each euro', entry(POINTS), told(500, made(25, 500)), { promised: 250, booked: 500 }],
  ['taxes are off: the base says so', entry(POINTS), told(210, made(21.0084, 210.084)), undefined],
  ['a level and a campaign', entry(POINTS), told(425, made(25, 250, { tierMultiplier: 1.5, campaigns: [{ points: 50 }] })), undefined],
  [
    'less, with a level and a bonus',
    entry(POINTS),
    told(125, made(25, 50, { tierMultiplier: 1.5, campaigns: [{ points: 50 }] })),
    { promised: 425, booked: 125 },
  ],
  ['points that are pending', entry(POINTS), told(0, made(25, 250), { pending: 250 }), undefined],
  ['a limit of the day is no rule', entry(POINTS), told(100, made(25, 250), { cappedBy: 'maxPerDay' }), undefined],
  ['a minimum that is new', entry(POINTS), told(0, null, { reason: 'minimum_purchase' }), { promised: 250, booked: 0 }],
  [
    'a minimum that was there',
    entry({ ...POINTS, minimumPurchase: '30' }),
    told(0, null, { reason: 'minimum_purchase' }),
    undefined,
  ],
  ['a minimum that is gone', entry({ ...POINTS, minimumPurchase: '30' }), told(250, made(25, 250)), { promised: 0, booked: 250 }],
  ['stamps without an amount', entry(STAMPS, { purchaseAmount: 0, purchaseCount: 3 }), told(6, made(null, 6)), undefined],
  [
    'fewer stamps without an amount',
    entry(STAMPS, { purchaseAmount: 0, purchaseCount: 3 }),
    told(3, made(null, 3)),
    { promised: 6, booked: 3 },
  ],
  ['what no rule of a purchase gave', entry(POINTS), told(5, made(null, 5)), undefined],
  ['nothing that earns', entry(POINTS), told(0, null, { reason: 'nothing_that_earns' }), undefined],
  ['cashback', entry(CASHBACK), told(0.75, made(25, 0.75)), undefined],
  ['less cashback', entry(CASHBACK), told(0.25, made(25, 0.25)), { promised: 0.75, booked: 0.25 }],
  ['cashback up to the same cap', entry(CASHBACK, { purchaseAmount: 200 }), told(5, made(200, 6), { cappedBy: 'maxCashbackPerTransaction' }), undefined],
  [
    'a lower cap',
    entry(CASHBACK, { purchaseAmount: 200 }),
    told(2, made(200, 6), { cappedBy: 'maxCashbackPerTransaction' }),
    { promised: 5, booked: 2 },
  ],
  ['a cap that is gone', entry(CASHBACK, { purchaseAmount: 200 }), told(6, made(200, 6)), { promised: 5, booked: 6 }],
  ['cents are rounded down', entry(CASHBACK), told(0.01, made(0.99, 0.0198)), { promised: 0.02, booked: 0.01 }],
  ['paid in part from the balance', entry(CASHBACK, { paid: 10 }), told(0, null, { reason: 'minimum_purchase' }), { promised: 0.45, booked: 0 }],
  ['stamps', entry(STAMPS), told(2, made(25, 2)), undefined],
  ['fewer stamps', entry(STAMPS), told(1, made(25, 1)), { promised: 2, booked: 1 }],
  ['kept by an older page', entry(undefined), told(1, made(25, 1)), undefined],
];

for (const [name, kept, answer, expected] of CASES) {
  test(name, () => assert.deepEqual(differenceOf(kept, answer), expected));
}
