/** Which stamp cards are filled without an amount, and which numbers of purchases are booked. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { isCounted, readCount, stepped } = await load('console/src/till/counting.ts');

const PROGRAMS = [
  ['a stamp card', { programType: 'stamps' }, true],
  ['points', { programType: 'points' }, false],
  ['cashback', { programType: 'cashback' }, false],
  ['a campaign without a least amount', { programType: 'stamps', campaigns: [{ minimumSpend: null }] }, true],
  ['a campaign with a least amount', { programType: 'stamps', campaigns: [{}, { minimumSpend: '5' }] }, false],
  ['one that begins later', { programType: 'stamps', campaigns: [{ minimumSpend: '5', startsAt: '2026-12-01T00:00:00Z' }] }, true],
  ['one that is over', { programType: 'stamps', campaigns: [{ minimumSpend: '5', endsAt: new Date('2026-11-01T00:00:00Z') }] }, true],
  ['one that runs', { programType: 'stamps', campaigns: [{ minimumSpend: '5', startsAt: '2026-11-01T00:00:00Z', endsAt: null }] }, false],
  ['friends who buy anything', { programType: 'stamps', referral: { minimumPurchase: '0' } }, true],
  ['friends who buy for an amount', { programType: 'stamps', referral: { minimumPurchase: '10' } }, false],
];

for (const [name, program, expected] of PROGRAMS) test(name, () => assert.equal(isCounted(program, Date.parse('2026-11-15T12:00:00Z')), expected));

const NUMBERS = [
  ['1', 1],
  [' 20 ', 20],
  ['0', undefined],
  ['21', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['', undefined],
  ['S7K2M9QXT4HBCW3ZX', undefined],
];

for (const [text, expected] of NUMBERS) test(`"${text}"`, () => assert.equal(readCount(text), expected));

test('one more and one less stay within what can be booked', () => {
  assert.deepEqual([stepped('1', 1), stepped('1', -1), stepped('20', 1), stepped('x', 1)], ['2', '1', '20', '2']);
});
