/** Amounts by language: `npm test`. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { readAmount, digitsOf, example } = await load('shared/lib/amount.ts');

const CLEAR = [
  ['12,50', 'de', 2, 1250],
  ['12.50', 'en', 2, 1250],
  ['12', 'de', 2, 1200],
  ['12,5', 'de', 2, 1250],
  ['0,01', 'de', 2, 1],
  [' 12,50 ', 'de', 2, 1250],
  ['1.234,50', 'de', 2, 123450],
  ['1,234.50', 'en', 2, 123450],
  ['1.234.567,89', 'de', 2, 123456789],
  ['1250', 'en', 0, 1250],
  ['1.234', 'en', 3, 1234],
  ['19.99', 'en', 2, 1999],
  ["1'234.50", 'de-CH', 2, 123450],
  ['1’234.50', 'de-CH', 2, 123450],
  ['12.50', 'de-CH', 2, 1250],
  ['12,50', 'de-AT', 2, 1250],
  ['12.50', 'en-GB', 2, 1250],
  ['10000000', 'en', 2, 1_000_000_000],
];

for (const [text, language, digits, minor] of CLEAR) {
  test(`${text} (${language}, ${digits} decimals)`, () => {
    assert.deepEqual(readAmount(text, language, digits), { minor });
  });
}

const DOUBTFUL = [
  ['', 'de', 2, 'empty'],
  ['0', 'de', 2, 'empty'],
  ['0,00', 'de', 2, 'empty'],
  ['1.234', 'de', 2, 'unclear'],
  ['1,234', 'en', 2, 'unclear'],
  ['1.234', 'en', 2, 'decimals'],
  ['1,234', 'de', 2, 'decimals'],
  ['12.50', 'de', 2, 'unclear'],
  ['12,50', 'en', 2, 'unclear'],
  ['12,50', 'de-CH', 2, 'unclear'],
  ['12,', 'de', 2, 'unclear'],
  [',50', 'de', 2, 'unclear'],
  ['12,5,0', 'de', 2, 'unclear'],
  ['12.34,50', 'de', 2, 'unclear'],
  ['12345.678,50', 'de', 2, 'unclear'],
  ['-5', 'de', 2, 'unclear'],
  ['1e5', 'en', 2, 'unclear'],
  ['abc', 'en', 2, 'unclear'],
  ['12 €', 'de', 2, 'unclear'],
  ['1.5', 'en', 0, 'decimals'],
  ['10000000.01', 'en', 2, 'tooLarge'],
  ['9'.repeat(400), 'en', 2, 'tooLarge'],
];

for (const [text, language, digits, doubt] of DOUBTFUL) {
  test(`${text.slice(0, 20)} (${language}, ${digits} decimals) is ${doubt}`, () => {
    assert.deepEqual(readAmount(text, language, digits), { doubt });
  });
}

test('the decimals of a currency', () => {
  assert.deepEqual(['EUR', 'CHF', 'JPY', 'KWD'].map(digitsOf), [2, 2, 0, 3]);
});

test('examples can be typed as they stand', () => {
  for (const language of ['de', 'de-AT', 'de-CH', 'en', 'en-GB']) {
    for (const digits of [0, 2, 3]) {
      assert.ok('minor' in readAmount(example(language, digits), language, digits));
    }
  }
});

test('what the API is sent has the decimals that were typed', () => {
  for (let minor = 1; minor < 20_000; minor += 1) {
    const text = `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
    const read = readAmount(text, 'en', 2);
    assert.equal((read.minor / 100).toFixed(2), text);
  }
});
