/** Who is offered to change whom: `npm test`. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { isLimitable, mayChange, mayGive, rolesToGive } = await load('console/src/staff/rights.ts');
const worker = (role, ...storeIds) => ({ userId: `uid_${role}`, role, storeIds });
const OWNER = worker('owner');
const MANAGER = worker('manager');
const OF_A = worker('manager', 'store_a');

for (const [own, other, expected] of [
  [OWNER, MANAGER, true],
  [OWNER, { ...OWNER, userId: 'uid_2' }, true],
  [OWNER, OWNER, false],
  [MANAGER, worker('cashier'), true],
  [MANAGER, OWNER, false],
  [MANAGER, { ...MANAGER, userId: 'uid_2' }, false],
  [OF_A, worker('cashier', 'store_a'), true],
  [OF_A, worker('cashier', 'store_a', 'store_b'), false],
  [OF_A, worker('cashier'), false],
  [worker('cashier'), worker('cashier', 'store_a'), false],
  [worker('developer'), worker('cashier'), false],
]) {
  test(`${JSON.stringify(own)} changes ${JSON.stringify(other)}: ${expected}`, () => {
    assert.equal(mayChange(own, other), expected);
  });
}

test('an owner gives every role, a manager that of a cashier, the others none', () => {
  const counts = ['owner', 'manager', 'cashier', 'developer'].map((each) => rolesToGive(each).length);
  assert.deepEqual(counts, [4, 1, 0, 0]);
  assert.equal(mayGive(OF_A, 'cashier', ['store_a']), true);
});

test('stores limit managers and cashiers', () => {
  assert.deepEqual(['owner', 'manager', 'cashier', 'developer'].map(isLimitable), [false, true, true, false]);
});
