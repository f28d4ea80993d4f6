/** What of a booking can be taken back, as it is said before. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { takeableOf } = await load('console/src/members/takeable.ts');

const CASES = [
  ['the card has enough', [6, 10, 'within_balance', 0], { taken: 6, stays: 4, missing: 0 }],
  ['some of it is spent', [6.87, 4.75, 'within_balance', 2], { taken: 4.75, stays: 0, missing: 2.12 }],
  ['the card owes something', [6, -2, 'within_balance', 0], { taken: 0, stays: -2, missing: 6 }],
  ['balances may fall below zero', [6.87, 4.75, 'unlimited', 2], { taken: 6.87, stays: -2.12, missing: 0 }],
  ['customers keep what they can spend', [6, 10, 'only_pending', 0], { taken: 0, stays: 10, missing: 6 }],
];

for (const [name, given, expected] of CASES) {
  test(name, () => assert.deepEqual(takeableOf(...given), expected));
}
