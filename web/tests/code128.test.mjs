import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { encode128 } = await load('card/src/code/code128.ts');

/** What python-barcode, which is not ours, draws for the same texts: 1 is dark. */
const OTHERS = {
  S7K2M9QXT4HBCW3ZE:
    '110100100001101110100011101101110101100011101100111001010111011000111001011001101000111011100010110110111000101100100111011000101000100010110001000100011011101000110110010111001110110001010001101000100001100101100011101011',
  'Punktwerk 1~': '11010010000111011101101001111001011000010100110000100101001111010011110010100101100100001001001111011000010010110110011001001110011010001011110111101001001100011101011',
};

function drawn({ width, bars }) {
  const modules = Array.from({ length: width }, () => '0');
  for (const [x, wide] of bars) modules.fill('1', x, x + wide);
  return modules.join('');
}

test('the bars are those that another writer draws, with white on both sides', () => {
  const white = '0'.repeat(10);
  for (const [text, modules] of Object.entries(OTHERS)) assert.equal(drawn(encode128(text)), white + modules + white);
});

test('other characters than those of ASCII are refused', () => {
  for (const text of ['ä', 'a\nb', '€']) assert.throws(() => encode128(text), RangeError);
});
