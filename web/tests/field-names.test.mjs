/** What systems call a field of the account's own. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { nameFor } = await load('console/src/fields/names.ts');

const NAMES = [
  ['Shoe size', [], 'shoeSize'],
  ['Schuhgröße', [], 'schuhgroesse'],
  ['Schuhgröße', ['schuhGroesse'], 'schuhgroesse2'],
  ['Café-Lieblingsplatz', [], 'cafeLieblingsplatz'],
  ['2. Vorname', [], 'field2Vorname'],
  ['漢字', [], 'field'],
  ['x'.repeat(100), [], 'x'.repeat(40)],
];

for (const [label, taken, name] of NAMES) {
  test(`${label} is ${name}`, () => {
    assert.equal(nameFor(label, taken), name);
    assert.match(name, /^[A-Za-z][A-Za-z0-9_]{0,49}$/);
  });
}
