import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { hasTier, nextTier } = await load('shared/card/model.ts');

test('the way to the next level is measured from the own one', () => {
  const tiers = [0, 500, 1500].map((minPoints, index) => ({ name: 'ABC'[index], minPoints }));
  const at = (tier, earnedUnits) => nextTier({ rules: { tiers } }, { tier, earnedUnits });
  assert.deepEqual(at('A', 125), { tier: tiers[1], missing: 375, share: 0.25 });
  assert.deepEqual(at('B', 1000), { tier: tiers[2], missing: 500, share: 0.5 });
  assert.equal(at('B', 400).share, 0);
  assert.deepEqual(at('A', 600), { tier: tiers[1], missing: 0, share: 1 });
  assert.equal(at('C', 9000), null);
});

test('a level is had by who has reached it or a higher one', () => {
  const tiers = ['A', 'B', 'C'].map((name) => ({ name, minPoints: 0 }));
  const has = (tier, wanted) => hasTier({ rules: { tiers } }, { tier }, wanted);
  assert.deepEqual(['A', 'B', 'C', null].map((each) => has(each, 'B')), [false, true, true, false]);
  assert.equal(has(null, null), true);
  assert.equal(has('A', 'gone'), true); // The API has the last word.
});
