/** Which fields the columns of a list are. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { columnsOf, fieldFor, FIELDS, namesOf } = await load('console/src/imports/headings.ts');

const OWN = [{ name: 'size', label: 'Schuhgröße' }];
const MEANT = [
  ['E-Mail', 'email'],
  ['E-Mail-Adresse', 'email'],
  ['VORNAME', 'firstName'],
  ['Name', 'lastName'],
  ['Handy-Nr.', 'phone'],
  ['Kunden-Nr.', 'customerNumber'],
  ['Geburtsdatum', 'birthday'],
  ['Punkte', 'points'],
  ['Mitglied seit', 'enrolledAt'],
  ['newsletter.subscribed', 'newsletter.subscribed'],
  ['externalIds.square', 'externalIds.square'],
  ['schuhgroesse', 'customFields.size'],
  ['Hausnummer', ''],
  ['', ''],
];

for (const [heading, field] of MEANT) {
  test(`${heading || 'nothing'} is ${field || 'nothing'}`, () => assert.equal(fieldFor(heading, OWN), field));
}

test('knows each field by its own name', () => {
  for (const field of FIELDS) assert.equal(fieldFor(field, []), field);
});

test('a column is what somebody has chosen, or the first of its kind', () => {
  const columns = columnsOf(['Mail', 'E-Mail', 'Notiz', 'x', 'x', ''], [['a', 'b', 'c', '1', '2', '']], { Notiz: 'firstName' }, []);
  assert.deepEqual(columns.map((each) => each.field), ['email', '', 'firstName', '', '', '']);
  assert.deepEqual(columns.map((each) => each.isNameless), [false, false, false, true, true, true]);
  assert.deepEqual(namesOf(columns), { Mail: 'email', 'E-Mail': null, Notiz: 'firstName', x: null, '': null });
});
