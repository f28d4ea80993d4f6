/** Corrections that are asked for once, as they may be mistyped. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { isUnusualCorrection } = await load('console/src/members/unusual.ts');

test('who types no comma is asked', () => {
  const ofMoney = (size, balance) => isUnusualCorrection({ size, balance, unit: 'money', digits: 2 });
  assert.ok(ofMoney(12_900, 0));
  assert.ok(ofMoney(12_900, 129));
  assert.ok(ofMoney(1_290, -5));
  assert.ok(!ofMoney(99.99, 0));
  assert.ok(!ofMoney(129, 80)); // No more than the card is used to.
});

test('currencies without decimals, points and stamps have bounds of their own', () => {
  assert.ok(!isUnusualCorrection({ size: 9_999, balance: 0, unit: 'money', digits: 0 }));
  assert.ok(isUnusualCorrection({ size: 10_000, balance: 0, unit: 'money', digits: 0 }));
  assert.ok(!isUnusualCorrection({ size: 999, balance: 0, unit: 'points', digits: 0 }));
  assert.ok(isUnusualCorrection({ size: 5_000, balance: 1_000, unit: 'points', digits: 0 }));
  assert.ok(!isUnusualCorrection({ size: 10, balance: 0, unit: 'stamps', digits: 0 }));
  assert.ok(isUnusualCorrection({ size: 20, balance: 3, unit: 'stamps', digits: 0 }));
});
