/** What of a purchase a balance pays. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { leftOf, readPart } = await load('console/src/till/payment-parts.ts');

const PARTS = [
  [null, 2000, 1240, { minor: 1240 }], // As much as possible: all of the balance,
  [null, 550, 1240, { minor: 550 }], // or all of the purchase.
  ['5', 2000, 1240, { minor: 500 }],
  ['12,40', 2000, 1240, { minor: 1240 }],
  ['12,41', 2000, 1240, { doubt: 'tooMuch' }],
  ['6', 550, 1240, { doubt: 'tooMuch' }],
  ['', 2000, 1240, { doubt: 'empty' }],
  ['0', 2000, 1240, { doubt: 'empty' }],
  ['1.234', 200000, 200000, { doubt: 'unclear' }],
];

for (const [text, sale, payable, part] of PARTS) {
  test(`${text} of ${sale}`, () => assert.deepEqual(readPart(text, { sale, payable, locale: 'de', digits: 2 }), part));
}

test('what is left has no errors of binary fractions', () => {
  assert.equal(leftOf({ purchaseAmount: 20, paid: 12.4, digits: 2 }), 7.6);
  assert.equal(leftOf({ purchaseAmount: 0.3, paid: 0.1, digits: 2 }), 0.2);
  assert.equal(leftOf({ purchaseAmount: 1000, paid: 400, digits: 0 }), 600);
  assert.equal(leftOf({ purchaseAmount: 12.5 }), 12.5);
});
