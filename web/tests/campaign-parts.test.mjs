/** What of a booking each campaign has brought. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { campaignParts } = await load('console/src/till/campaign-parts.ts');

function given(basePoints, points, { tierMultiplier = 1, scale = 1 } = {}) {
  const campaigns = points.map((each, place) => ({ campaignId: `c${place}`, points: each }));
  return campaignParts({ basePoints, tierMultiplier, campaigns }, scale).map((each) => each.given);
}

test('it is what there is more than without the campaign', () => {
  assert.deepEqual(given(25.4, [12.7]), [13]); // 38 instead of 25.
  assert.deepEqual(given(25.2, [12.6]), [12]); // 37 instead of 25.
  assert.deepEqual(given(129, [129]), [129]);
  assert.deepEqual(given(25.1, [0.3]), [0]);
});

test('the parts and the rule make the sum, also of several and with a level', () => {
  assert.deepEqual(given(10.5, [0.3, 0.3], { tierMultiplier: 1 }), [0, 1]);
  assert.deepEqual(given(25.4, [12.7, 12.7], { tierMultiplier: 1.5 }), [12, 13]); // 38.1, 50.8, 63.5
});

test('money has its cents', () => {
  assert.deepEqual(given(0.375, [0.375], { scale: 100 }), [0.38]); // 0.75 instead of 0.37.
  assert.deepEqual(given(0.1, [0.2], { scale: 100 }), [0.2]);
});
