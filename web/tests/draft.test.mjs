/** The wizard's draft: what is wrong in which step, what the API is told, and where its refusals belong. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { newDraft, STEPS } = await load('console/src/programs/draft.ts');
const { atOnce, faultsOf, isFinished, openStep } = await load('console/src/programs/faults.ts');
const { keyOf, placeOf, requestOf, rulesOf } = await load('console/src/programs/request.ts');

const fresh = newDraft('draft-1', ['Bronze', 'Silver', 'Gold']);
const finished = { ...fresh, furthest: 'open', programType: 'points', programName: ' Regulars ' };
const faults = (changes, step, language = 'en') => faultsOf({ ...finished, ...changes }, step, language);

test('a finished draft has no faults', () => {
  for (const step of STEPS) assert.deepEqual(faults({}, step), {}, step);
});

const WRONG = [
  ['type', { programType: null }, { programType: 'missing' }],
  ['name', { programName: '  ' }, { programName: 'missing' }],
  ['name', { programName: 'x'.repeat(101) }, { programName: 'tooLong' }],
  ['name', { description: 'x'.repeat(501) }, { description: 'tooLong' }],
  ['rules', { numbers: { ...fresh.numbers, pointsPerEuro: 'ten' } }, { pointsPerEuro: 'unclear' }],
  ['rules', { numbers: { ...fresh.numbers, pointsPerEuro: '' } }, { pointsPerEuro: 'empty' }],
  ['rules', { numbers: { ...fresh.numbers, pointsPerEuro: '0' } }, { pointsPerEuro: 'tooSmall' }],
  ['rules', { numbers: { ...fresh.numbers, pointsPerEuro: '0.00001' } }, { pointsPerEuro: 'decimals' }],
  ['rules', { numbers: { ...fresh.numbers, pointsPerEuro: '100001' } }, { pointsPerEuro: 'tooLarge' }],
  ['rules', { reward: 'Coffee', numbers: { ...fresh.numbers, rewardCost: '1.5' } }, { rewardCost: 'decimals' }],
  ['rules', { programType: 'stamps', reward: 'Coffee', numbers: { ...fresh.numbers, requiredStamps: '1001' } }, { requiredStamps: 'tooLarge' }],
  ['rules', { programType: 'stamps' }, { reward: 'missing' }],
  ['rules', { numbers: { ...fresh.numbers, pointsPerEuro: '-1' } }, { pointsPerEuro: 'tooSmall' }],
  ['rules', { programType: 'cashback', numbers: { ...fresh.numbers, cashbackPercentage: '101' } }, { cashbackPercentage: 'tooLarge' }],
  ['look', { color: 'blue' }, { color: 'color' }],
  ['look', { logo: 'http://example.com/a.png' }, { logo: 'link' }],
];

for (const [step, changes, expected] of WRONG) {
  test(`${step}: ${JSON.stringify(expected)}`, () => assert.deepEqual(faults(changes, step), expected));
}

test('what is no number is said at once, and what is being typed is not', () => {
  const early = (pointsPerEuro) => {
    const numbers = { ...fresh.numbers, pointsPerEuro };
    return atOnce(faults({ numbers }, 'rules'), numbers);
  };
  assert.deepEqual(early('ten'), { pointsPerEuro: 'unclear' });
  assert.deepEqual(early('100001'), { pointsPerEuro: 'tooLarge' });
  for (const text of ['', '0', '1.', '1.5']) assert.deepEqual(early(text), {}, text);
});

test('levels ascend and have different names', () => {
  const levels = [
    { name: 'Bronze', from: '0' },
    { name: 'bronze ', from: '500' },
    { name: '', from: '500' },
  ];
  assert.deepEqual(faults({ programType: 'tier', levels }, 'rules'), {
    'levels.1.name': 'twice',
    'levels.2.name': 'missing',
    'levels.2.from': 'ascending',
  });
});

test('a step is open once those before it are finished', () => {
  assert.equal(openStep(fresh, 'open', 'en'), 'type');
  assert.equal(openStep({ ...finished, programName: '' }, 'open', 'en'), 'name');
  assert.equal(openStep(finished, 'open', 'en'), 'open');
  assert.equal(openStep(finished, 'rules', 'en'), 'rules');
  assert.equal(openStep(finished, 'nowhere', 'en'), 'type');
});

test('a step that nobody has opened is not finished', () => {
  const there = { ...finished, furthest: 'rules' };
  assert.equal(openStep(there, 'open', 'en'), 'look');
  assert.deepEqual(STEPS.filter((each) => isFinished(there, each, 'en')), ['type', 'name', 'rules']);
});

test('numbers are read by the language', () => {
  const draft = { ...finished, programType: 'cashback', numbers: { ...fresh.numbers, cashbackPercentage: '2,5' } };
  assert.deepEqual(rulesOf(draft, 'de'), { cashbackPercentage: 2.5 });
  assert.equal(rulesOf(draft, 'en'), null);
});

test('what the API is told', () => {
  assert.deepEqual(requestOf({ ...finished, reward: 'A coffee' }, 'store_a', true, 'en'), {
    storeId: 'store_a',
    programName: 'Regulars',
    programType: 'points',
    description: '',
    rules: { pointsPerEuro: 1, pointsPerCheckin: 0 },
    rewards: [{ title: 'A coffee', type: 'free_product', requiredPoints: 100 }],
    branding: { color: '#1d5fbf' },
    isActive: true,
  });
  const stamps = requestOf({ ...finished, programType: 'stamps', reward: 'A coffee' }, 'store_a', false, 'en');
  assert.deepEqual(stamps.rewards, [{ title: 'A coffee', type: 'free_product', requiredPoints: 10 }]);
  const levels = requestOf({ ...finished, programType: 'tier' }, 'store_a', false, 'en');
  assert.deepEqual(levels.rules.tiers.map((each) => each.minPoints), [0, 500, 1500]);
});

test('a visit brings something only if somebody has chosen it', () => {
  const visit = (changes) => rulesOf({ ...finished, reward: 'Coffee', ...changes }, 'en').pointsPerCheckin;
  const numbers = { ...fresh.numbers, pointsPerCheckin: '3' };
  for (const programType of ['stamps', 'points', 'tier']) {
    assert.equal(visit({ programType, numbers }), 0, programType);
    assert.equal(visit({ programType, numbers, hasVisits: true }), 3, programType);
  }
  assert.equal(visit({ programType: 'cashback', numbers, hasVisits: true }), undefined); // It gives none unless told.
  const nothing = { ...fresh.numbers, pointsPerCheckin: '0' };
  assert.deepEqual(faults({ hasVisits: true, numbers: nothing }, 'rules'), { pointsPerCheckin: 'tooSmall' });
  assert.deepEqual(faults({ numbers: nothing }, 'rules'), {});
});

test('the same content is sent with the same key, another with another', () => {
  const key = (draft) => keyOf(draft, requestOf(draft, 'store_a', true, 'en'));
  assert.equal(key(finished), key({ ...finished }));
  assert.notEqual(key(finished), key({ ...finished, programName: 'Others' }));
});

const PLACES = [
  ['programName', 'name', 'programName'],
  ['rules.pointsPerEuro', 'rules', 'pointsPerEuro'],
  ['rules.tiers[1].minPoints', 'rules', 'levels.1.from'],
  ['rules.tiers[0].name', 'rules', 'levels.0.name'],
  ['rewards[0].title', 'rules', 'reward'],
  ['rewards[0].requiredPoints', 'rules', 'rewardCost'],
  ['branding.logo', 'look', 'logo'],
  ['branding.color', 'look', 'color'],
  ['storeId', 'open', 'storeId'],
];

for (const [named, step, field] of PLACES) {
  test(`${named} belongs to ${step}`, () => assert.deepEqual(placeOf(named), { step, field }));
}
