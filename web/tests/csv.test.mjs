/** A look into files of rows, and files that spreadsheets open. */

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { load } from './load.mjs';

const { csvOf, decode, previewOf } = await load('console/src/imports/csv.ts');

const SAME = [
  ['semicolons', 'email;firstName\nada@example.com;Ada\n'],
  ['commas', 'email,firstName\r\nada@example.com,Ada'],
  ['tabs', 'email\tfirstName\nada@example.com\tAda\n\n'],
  ['quotes', '"email";"firstName"\n"ada@example.com";"Ada"\n'],
  ['a mark of UTF-8', '\uFEFFemail;firstName\nada@example.com;Ada\n'],
  ['old line ends', 'email;firstName\rada@example.com;Ada\r'],
];

for (const [name, text] of SAME) {
  test(`shows a file with ${name}`, () => {
    const { headings, rows, count } = previewOf(text);
    assert.deepEqual([headings, rows, count], [['email', 'firstName'], [['ada@example.com', 'Ada']], 1]);
  });
}

test('quotes hold separators, line ends and quotes', () => {
  const { rows } = previewOf('email;lastName\n"a;b";"say ""so""\nthen"\n');
  assert.deepEqual(rows, [['a;b', 'say "so"\nthen']]);
});

test('shows five rows of many', () => {
  const { rows, count } = previewOf(`email\n${'ada@example.com\n'.repeat(1000)}`);
  assert.deepEqual([rows.length, count], [5, 1000]);
});

test('shows a file with an object on each line', () => {
  const { headings, rows, count } = previewOf('{"email": "a@b.de", "externalIds": {"crm": "1"}}\n{"points": 7}\nno\n');
  assert.deepEqual(headings, ['email', 'externalIds.crm', 'points', '?']);
  assert.deepEqual([rows[0], rows[1], rows[2], count], [['a@b.de', '1', '', ''], ['', '', '7', ''], ['', '', '', 'no'], 3]);
});

test('a file without rows has none', () => {
  for (const text of ['', '\n\n', 'email;firstName\n', '\uFEFF']) assert.deepEqual(previewOf(text).rows, []);
});

test('reads UTF-8, and what old programs for Windows write', () => {
  assert.equal(decode(Uint8Array.from(Buffer.from('Müller')).buffer), 'Müller');
  assert.equal(decode(Uint8Array.from([0xff, 0xfe, 0x4d, 0, 0xfc, 0]).buffer), 'Mü');
  assert.equal(decode(Uint8Array.from([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72]).buffer), 'Müller');
});

test('writes cells so that no spreadsheet carries them out', () => {
  const rows = [['Line', 'Reason'], [2, '=1+1'], [3, 'a;"b"\nc'], [4, '-5']];
  assert.equal(csvOf(rows), '\uFEFFLine;Reason\r\n2;\'=1+1\r\n3;"a;""b""\nc"\r\n4;\'-5\r\n');
});
