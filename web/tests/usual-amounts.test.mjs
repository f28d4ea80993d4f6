/** Whether the till asks before it books an amount. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { isUnusual } = await load('console/src/till/usual-amounts.ts');

const CASES = [
  ['a coffee at a new till', 1290, 2, [], false],
  ['without its comma at a new till', 129_000, 2, [], true],
  ['without its comma', 129_000, 2, [1290, 450, 8900], true],
  ['large, and not ten times as much', 129_000, 2, [1290, 13_000], false],
  ['ten times as much, and small', 45_000, 2, [300], false],
  ['just below', 49_999, 2, [], false],
  ['just there', 50_000, 2, [5000], true],
  ['yen have no decimals', 4800, 0, [], false],
  ['many yen', 480_000, 0, [4800], true],
  ['dinars have three', 500_000, 3, [1000], true],
];

for (const [name, minor, digits, last, expected] of CASES)
  test(name, () => assert.equal(isUnusual({ minor }, digits, last), expected));

const COUNTS = [
  ['one coffee', 1, [], false],
  ['four at a new till', 4, [], false],
  ['five at a new till', 5, [], true],
  ['five where two are usual', 5, [1, 2, 1], false],
  ['six where two are usual', 6, [1, 2, 1], true],
  ['twenty after seven', 20, [7], false],
];

for (const [name, count, last, expected] of COUNTS)
  test(name, () => assert.equal(isUnusual({ count }, 2, last), expected));
