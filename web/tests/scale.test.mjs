/** The scales of charts: `npm test`. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { bars, change, highest, lowest } = await load('console/src/ui/scale.ts');
const BOX = { width: 100, height: 50 };

test('zero is drawn as zero, and the highest value within the box', () => {
  const [none, most] = bars([0, 10], BOX);
  assert.deepEqual([none.height, none.y], [0, 50]);
  assert.deepEqual([most.height, most.y], [50, 0]);
});

test('bars stand side by side in the box, also a hundred and none', () => {
  const many = bars(Array.from({ length: 100 }, (_, index) => index), BOX);
  for (let index = 1; index < many.length; index += 1) {
    assert.ok(many[index].x > many[index - 1].x + many[index - 1].width);
  }
  assert.ok(many.at(-1).x + many.at(-1).width <= BOX.width);
  assert.deepEqual(bars([], BOX), []);
});

test('a single bar is at the end, and as wide as one of many', () => {
  const [only] = bars([3], BOX, 10);
  const many = bars(Array(10).fill(3), BOX, 10);
  assert.deepEqual(only, many.at(-1));
});

test('without anything above zero there are no bars', () => {
  assert.ok(bars([0, 0], BOX).every((each) => each.height === 0));
});

test('what is below zero has no bar that turns around', () => {
  assert.equal(bars([-5, 5], BOX)[0].height, 0);
});

test('the highest and the lowest are the first of equal ones', () => {
  assert.deepEqual([highest([1, 3, 3]), lowest([2, 1, 1]), highest([])], [1, 1, -1]);
});

test('the change compares the halves, and leaves out what is too much at the begin', () => {
  assert.deepEqual(change([9, 1, 2, 3, 4]), { count: 2, before: 3, after: 7 });
  assert.equal(change([1, 2, 3]), null);
});
