/** The second click of a pair does nothing; any other one does. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { isSecondTap } = await load('shared/ui/second-tap.ts');
const tap = (timeStamp, clientX = 100, clientY = 200, detail = 1) => ({ timeStamp, clientX, clientY, detail });

test('soon after and at the same place it is the second of a pair', () => {
  assert.equal(isSecondTap(tap(1000), tap(1120)), true);
  assert.equal(isSecondTap(tap(1000), tap(1499, 110, 210, 2)), true);
});

test('later, elsewhere or by the keyboard it is one of its own', () => {
  assert.equal(isSecondTap(tap(1000), tap(1500)), false);
  assert.equal(isSecondTap(tap(1000), tap(1120, 100, 240)), false);
  assert.equal(isSecondTap(tap(1000), tap(1120, 0, 0, 0)), false);
  assert.equal(isSecondTap(tap(1000, 0, 0, 0), tap(1120, 0, 0)), false);
  assert.equal(isSecondTap(undefined, tap(1120)), false);
});
