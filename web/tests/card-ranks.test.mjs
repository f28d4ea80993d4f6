/** Which program is chosen for a customer, by what is known of their cards. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { ownFirst, usualOf } = await load('console/src/till/card-ranks.ts');

const PROGRAMS = ['a', 'b', 'c'].map((programId) => ({ programId }));
const ids = (programs) => programs.map(({ programId }) => programId).join('');
const order = (cards) => ids(ownFirst(PROGRAMS, new Map(cards)));
const usual = (cards, last) => usualOf(ownFirst(PROGRAMS, new Map(cards)), new Map(cards), last)?.programId;

test('own cards come first, then what nobody knows, then those of others', () => {
  assert.equal(order([]), 'abc');
  assert.equal(order([['a', false], ['c', true]]), 'cba');
  assert.equal(order([['a', false]]), 'bca');
});

test('the program of the last time is chosen, unless another one is surer', () => {
  assert.equal(usual([], 'b'), 'b');
  assert.equal(usual([], null), 'a');
  assert.equal(usual([['a', true], ['b', true]], 'b'), 'b');
  assert.equal(usual([['a', true]], 'b'), 'a'); // Of b nobody knows.
  assert.equal(usual([['b', false]], 'b'), 'a');
  assert.equal(usual([['a', false], ['b', false], ['c', false]], 'b'), 'b');
  assert.equal(usualOf([], new Map(), 'a'), undefined);
});
