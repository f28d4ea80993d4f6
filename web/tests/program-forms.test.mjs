/** Forms of programs as data, levels as they are typed, and codes of vouchers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { answersOf, faultsOfForm } = await load('console/src/programs/form/fields.ts');
const { readNumber, typedAs } = await load('console/src/programs/numbers.ts');
const { levelsOf, tiersFrom, faultsOfFactors } = await load('console/src/programs/levels/tier-form.ts');
const { inCalls, readCodes } = await load('console/src/programs/rewards/codes.ts');

const FIELDS = [
  { kind: 'text', name: 'name', label: '', max: 5 },
  { kind: 'number', name: 'count', label: '', range: { digits: 0, min: 1, max: 9 }, isOptional: true },
  { kind: 'link', name: 'logo', label: '', max: 50, isOptional: true },
  { kind: 'several', name: 'days', label: '', options: [] },
  { kind: 'check', name: 'on', label: '' },
  { kind: 'day', name: 'from', label: '' },
];

test('a form says what is wrong with each field', () => {
  const typed = { name: 'too long', count: '10', logo: 'ftp://example.com' };
  assert.deepEqual(faultsOfForm(FIELDS, typed, 'en'), { name: 'tooLong', count: 'tooLarge', logo: 'link', from: 'missing' });
  assert.deepEqual(faultsOfForm(FIELDS, { name: 'ok', from: '2026-12-24' }, 'en'), {});
});

test('an optional field that is empty is null', () => {
  const answers = answersOf(FIELDS, { name: ' ok ', days: 'mon,fri', on: 'yes' }, 'en');
  assert.equal(answers.text('name'), 'ok');
  assert.equal(answers.numberOrNull('count'), null);
  assert.equal(answers.textOrNull('logo'), null);
  assert.deepEqual(answers.several('days'), ['mon', 'fri']);
  assert.equal(answers.flag('on'), true);
});

test('zero is a number where it may be', () => {
  assert.deepEqual(readNumber('0', 'en', { digits: 0, min: 0, max: 9 }), { value: 0 });
  assert.deepEqual(readNumber('0', 'en', { digits: 0, min: 1, max: 9 }), { doubt: 'tooSmall' });
});

test('what is shown can be read again', () => {
  for (const language of ['de', 'de-CH', 'en']) {
    for (const value of [1, 0.25, 1234.5, 1_000_000]) {
      const text = typedAs(value, language);
      assert.deepEqual(readNumber(text, language, { digits: 4, min: 0, max: 10_000_000 }), { value }, text);
    }
  }
});

test('levels keep what their form does not ask for', () => {
  const tiers = [
    { name: 'Bronze', minPoints: 0, benefits: ['A smile'], color: '#cd7f32' },
    { name: 'Silver', minPoints: 500, multiplier: 1.5, neverDowngrade: true },
  ];
  const levels = levelsOf(tiers, 'de');
  assert.equal(levels[1].factor, '1,5');
  levels[1] = { ...levels[1], from: '400', factor: '2' };
  assert.deepEqual(tiersFrom(levels, 'de'), [
    { ...tiers[0], multiplier: null },
    { ...tiers[1], minPoints: 400, multiplier: 2 },
  ]);
  assert.deepEqual(faultsOfFactors([{ ...levels[0], factor: 'much' }], 'de'), { 'levels.0.factor': 'unclear' });
});

test('codes are lines, and a CSV gives its first column', () => {
  const { codes, refused } = readCodes('\uFEFFKINO-1\r\n"KINO-2";5 €\n\nKINO-1\nabc\nx yz1\nrw-12345\n');
  assert.deepEqual(codes, [
    { line: 1, code: 'KINO-1' },
    { line: 2, code: 'KINO-2' },
  ]);
  assert.deepEqual(refused, [
    { line: 4, reason: 'duplicate' },
    { line: 5, reason: 'form' },
    { line: 6, reason: 'form' },
    { line: 7, reason: 'ours' },
  ]);
});

test('a call takes 500 codes', () => {
  const codes = Array.from({ length: 1001 }, (_, line) => ({ line, code: `CODE-${line}` }));
  assert.deepEqual(inCalls(codes).map((each) => each.length), [500, 500, 1]);
  assert.deepEqual(inCalls([]), []);
});
