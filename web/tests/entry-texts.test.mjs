/** What an entry says for people. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

globalThis.navigator ??= { language: 'en-GB' };
const { entryText, goodsBackText } = await load('shared/card/entry-texts.ts');

const TEXTS = [
  ['Opening balance', 'Opening balance'],
  ['External sync: set', 'From another system'],
  ['Receipt 4711', 'Receipt 4711'],
  ['Kaffee und Kuchen', 'Kaffee und Kuchen'], // The merchant's own.
  ['constructor', 'constructor'],
  ['receiptNumber', 'receiptNumber'],
  ['', ''],
];

for (const [text, said] of TEXTS) test(`says ${said}`, () => assert.equal(entryText({ entryId: 'le_1', description: text }), said));

test('says of the goods of a receipt, and of nothing else, that they came back', () => {
  const back = (description) => goodsBackText({ entryId: 'le_1', description });
  assert.equal(back('Receipt'), 'Goods came back: Receipt');
  assert.equal(back('Receipt 4711'), 'Goods came back: Receipt 4711');
  assert.equal(back('Kaffee und Kuchen'), undefined);
  assert.equal(back('constructor'), undefined);
});

test('says to who was invited that they were, and to who has invited that a friend has joined', () => {
  const invited = { entryId: 'le_acce4be4e13cc0d009cdb1d24e202a25fc79c499', description: 'Referral' };
  assert.equal(entryText(invited), 'Joined by invitation');
  assert.equal(entryText({ ...invited, entryId: 'le_1' }), 'A friend has joined');
});
