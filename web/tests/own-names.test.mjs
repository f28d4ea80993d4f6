/** Whose it is what this browser keeps. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { areOfOthers, ownName } = await load('card/src/own-names.ts');
const ANNAS = [ownName('mine', 'anna'), ownName('till', 'anna', 'store_1'), ownName('friends', 'anna', 'lp_1')];

test('what is kept of somebody is of others for everybody else, and for nobody', () => {
  for (const name of ANNAS) {
    assert.equal(areOfOthers([name], 'anna'), false);
    for (const uid of ['zoe', 'ann', null]) assert.equal(areOfOthers([name], uid), true, `${name} ${uid}`);
  }
  assert.equal(areOfOthers([ownName('mine', 'zoe'), ...ANNAS], 'zoe'), true);
});

test('what is of no person stays: stores that somebody has looked at, and the wallets of this phone', () => {
  assert.equal(areOfOthers(['store.store_1', 'wallets'], 'zoe'), false);
  assert.equal(areOfOthers(['store.store_1', 'wallets'], null), false);
});
