/** How a file was read: sentences of the API in the words of the page. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

globalThis.navigator ??= { language: 'en-GB' };
const { noteOf } = await load('console/src/imports/notes.ts');

const NOTES = [
  ['points: read with a decimal comma, as in line 2: 1.234', 'Balance: read with a decimal comma, as in 1.234.'],
  ['points: read with a decimal point, as in line 2: 1,234', 'Balance: read with a decimal point, as in 1,234.'],
  ['The file is not UTF-8 (line 2), so it was read as Windows-1252: check letters like ä, ö, ü, ß.', /^The file is not UTF-8 \(line 2\), so it was read as Windows writes it/],
  ['The file is UTF-8, but not in line 7: what cannot be read there became \ufffd.', /the first in line 7/],
  ['Something new.', 'Something new.'],
];

for (const [note, sentence] of NOTES) {
  test(note, () => (sentence instanceof RegExp ? assert.match(noteOf(note), sentence) : assert.equal(noteOf(note), sentence)));
}
