/** What an entry says for people. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

globalThis.navigator ??= { language: 'en-GB' };
const { entryText } = await load('shared/card/entry-texts.ts');

const TEXTS = [
  ['Opening balance', 'Opening balance'],
  ['External sync: set', 'From another system'],
  ['Receipt 4711', 'Receipt 4711'],
  ['Kaffee und Kuchen', 'Kaffee und Kuchen'], // The merchant's own.
  ['constructor', 'constructor'],
  ['receiptNumber', 'receiptNumber'],
  ['', ''],
];

for (const [text, said] of TEXTS) test(`says ${said}`, () => assert.equal(entryText(text), said));
