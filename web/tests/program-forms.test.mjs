/** Forms of programs as data, levels as they are typed, and codes of vouchers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

globalThis.navigator ??= { language: 'en-GB' };
const { campaignInWords, questionOfHours } = await load('console/src/programs/campaigns/in-words.ts');
const { answersOf, faultsOfForm } = await load('console/src/programs/form/fields.ts');
const { readNumber, typedAs } = await load('console/src/programs/numbers.ts');
const { levelsOf, tiersFrom, faultsOfTiers } = await load('console/src/programs/levels/tier-form.ts');
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

test('lines count once each, without spaces around', () => {
  const fields = [{ kind: 'lines', name: 'ids', label: '', most: 2, max: 5 }];
  assert.deepEqual(answersOf(fields, { ids: ' a \n\nb\r\na' }, 'en').lines('ids'), ['a', 'b']);
  assert.deepEqual(faultsOfForm(fields, { ids: 'a\nb\nc' }, 'en'), { ids: 'tooMany' });
  assert.deepEqual(faultsOfForm(fields, { ids: 'too long' }, 'en'), { ids: 'tooLong' });
  assert.deepEqual(faultsOfForm(fields, {}, 'en'), {});
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

test('whole numbers may be written in groups, and percentages with their sign', () => {
  const whole = { digits: 0, min: 1, max: 10_000_000 };
  assert.deepEqual(readNumber('1.000', 'de', whole), { value: 1000 });
  assert.deepEqual(readNumber('1,234,567', 'en', whole), { value: 1_234_567 });
  for (const text of ['1.00', '1.0000', '0.500', '.500', '1,5']) assert.ok('doubt' in readNumber(text, 'de', whole), text);
  assert.deepEqual(readNumber('1.000', 'de', { digits: 2, min: 0, max: 5000 }), { doubt: 'unclear' }); // It may be one.
  const percent = { digits: 2, min: 0.01, max: 100, isPercent: true };
  assert.deepEqual(readNumber('2,5 %', 'de', percent), { value: 2.5 });
  assert.deepEqual(readNumber('5%', 'en', percent), { value: 5 });
  assert.deepEqual(readNumber('5 %', 'de', whole), { doubt: 'unclear' });
});

test('a number below zero is read, and too little', () => {
  for (const min of [0, 1]) {
    for (const text of ['-1', ' −2,5', '-0,00001']) {
      const read = readNumber(text, 'de', { digits: 4, min, max: 9 });
      assert.deepEqual(read, { doubt: text === '-0,00001' ? 'unclear' : 'tooSmall' }, text);
    }
  }
  assert.deepEqual(readNumber('-', 'en', { digits: 0, min: 0, max: 9 }), { doubt: 'unclear' });
  assert.deepEqual(readNumber('0,0', 'de', { digits: 2, min: 0, max: 9 }), { value: 0 });
});

test('what is shown can be read again', () => {
  for (const language of ['de', 'de-CH', 'en']) {
    for (const value of [1, 0.25, 1234.5, 1_000_000]) {
      const text = typedAs(value, language);
      assert.deepEqual(readNumber(text, language, { digits: 4, min: 0, max: 10_000_000 }), { value }, text);
    }
  }
});

test('levels are told as they are typed, and the rest of them stays', () => {
  const tiers = [
    { name: 'Bronze', minPoints: 0, multiplier: null, benefits: ['A smile'], color: '#cd7f32', neverDowngrade: false },
    { name: 'Silver', minPoints: 500, multiplier: 1.5, benefits: [], color: null, neverDowngrade: true },
  ];
  const levels = levelsOf(tiers, 'de');
  assert.equal(levels[1].factor, '1,5');
  levels[1] = { ...levels[1], from: '400', factor: '2' };
  assert.deepEqual(tiersFrom(levels, 'de'), [
    tiers[0],
    { ...tiers[1], minPoints: 400, multiplier: 2 },
  ]);
  assert.deepEqual(faultsOfTiers(levels, 'de'), {});
  const wrong = { ...levels[0], factor: 'much', color: 'red', benefits: Array.from({ length: 11 }, (_, at) => at).join('\n') };
  assert.deepEqual(faultsOfTiers([wrong], 'de'), {
    'levels.0.factor': 'unclear',
    'levels.0.benefits': 'tooMany',
    'levels.0.color': 'color',
  });
  assert.deepEqual(faultsOfTiers([{ ...levels[0], benefits: 'x'.repeat(101) }], 'de'), { 'levels.0.benefits': 'tooLong' });
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

const CAMPAIGN = [{ kind: 'number', name: 'multiplier', label: '', range: { digits: 4, min: 1.0001, max: 100 } }];
const POINTS = { programType: 'points', currency: 'EUR', rules: { pointsPerEuro: 1 } };

const HOURS = [
  [{}, 'daily, the whole day', false],
  [{ weekdays: 'mon,tue,wed', start: '17:00', end: '19:30' }, 'Mon–Wed from 17:00 to 19:30 (2 hours 30 minutes)', false],
  [{ start: '17:00', end: '00:00' }, 'daily from 17:00 to 00:00 (7 hours)', false],
  [{ start: '07:00', end: '05:00' }, 'daily from 07:00 past midnight to 05:00 on the next day (22 hours)', true],
  [{ start: '17:00', end: '17:00' }, 'daily from 17:00 past midnight to 17:00 on the next day (24 hours)', true],
];

test('a campaign says from which purchase on it holds', () => {
  const fields = [...CAMPAIGN, { kind: 'number', name: 'minimumSpend', label: '', range: { digits: 2, min: 0.01, max: 100 }, isOptional: true }];
  const sentence = campaignInWords(answersOf(fields, { kind: 'multiplier', multiplier: '1.5', minimumSpend: '5' }, 'en-GB'), POINTS);
  assert.match(sentence, /^A purchase brings 1\.5 times as much\. That holds for purchases of €5(\.00)? and more\. The campaign runs from now on/);
});

for (const [hours, said, isAsked] of HOURS) {
  test(`a campaign says before it begins that it holds ${said}`, () => {
    const typed = { kind: 'multiplier', multiplier: '2', ...hours };
    const answers = answersOf(CAMPAIGN, typed, 'en-GB');
    const sentence = campaignInWords(answers, POINTS);
    assert.equal(sentence, `A purchase brings 2 times as much. The campaign runs from now on, until you end it: ${said}.`);
    assert.equal(questionOfHours(answers) !== '', isAsked);
  });
}
