/** Of a form only what was changed is sent. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

globalThis.navigator ??= { language: 'en-GB' };
globalThis.addEventListener ??= () => undefined;
const { changedOf, isEmpty } = await load('console/src/ui/changed.ts');
const { answersOf } = await load('console/src/programs/form/fields.ts');
const { termsOf } = await load('console/src/programs/campaigns/campaign.ts');
const rewards = await load('console/src/programs/rewards/reward.ts');

test('what stays is not sent', () => {
  const before = { name: 'Card', description: '', tiers: ['a'], limit: null };
  assert.deepEqual(changedOf(before, { ...before, name: 'Card plus' }), { name: 'Card plus' });
  assert.deepEqual(changedOf(before, { ...before, tiers: ['a', 'b'], limit: 3 }), { tiers: ['a', 'b'], limit: 3 });
  assert.deepEqual(changedOf({ ...before, limit: 3 }, before), { limit: null });
  assert.ok(isEmpty(changedOf(before, { ...before, tiers: ['a'] })));
});

test('a part that is merged is sent field by field, each other one as a whole', () => {
  const before = { rules: { required: 5, each: 1 }, limits: { day: 1, month: null }, claims: null };
  const after = { rules: { required: 8, each: 1 }, limits: { day: 2, month: null }, claims: { days: 7 } };
  assert.deepEqual(changedOf(before, after, ['rules', 'claims']), {
    rules: { required: 8 },
    limits: { day: 2, month: null },
    claims: { days: 7 },
  });
  assert.deepEqual(changedOf(after, before, ['rules', 'claims']), { rules: { required: 5 }, limits: before.limits, claims: null });
});

test('what a form asks for only now is sent', () => {
  assert.deepEqual(changedOf({ ways: ['a'] }, { ways: ['a', 'b'], rules: { each: 3 } }, ['rules']), { ways: ['a', 'b'], rules: { each: 3 } });
});

const FIELDS = [
  { kind: 'number', name: 'multiplier', label: '', range: { digits: 2, min: 1, max: 9 } },
  { kind: 'number', name: 'requiredPoints', label: '', range: { digits: 0, min: 1, max: 99 } },
  { kind: 'number', name: 'timesPerPeriod', label: '', range: { digits: 0, min: 1, max: 99 }, isOptional: true },
];
const answers = (typed) => answersOf(FIELDS, typed, 'en');

test('of a campaign the hours and days are sent only if they were changed', () => {
  const typed = { name: 'Two times', kind: 'multiplier', multiplier: '2', startsAt: '2026-12-01', weekdays: 'mon', start: '17:00', end: '19:00' };
  const changes = (now) => changedOf(termsOf(answers(typed), 'Europe/Berlin'), termsOf(answers({ ...typed, ...now }), 'Europe/Berlin'));
  assert.deepEqual(changes({ name: 'Three times', multiplier: '3' }), { name: 'Three times', multiplier: 3 });
  assert.deepEqual(changes({ end: '20:00' }), { happyHours: [{ weekdays: ['mon'], start: '17:00', end: '20:00' }] });
  assert.deepEqual(changes({ startsAt: '2026-12-02' }), { startsAt: '2026-12-01T23:00:00.000Z' });
});

test('of a reward, too, and a second limit of the API stays', () => {
  const second = { timesPerPeriod: 9, period: 'year' };
  const before = { limits: [{ timesPerPeriod: 1, period: 'day' }, second] };
  const typed = { title: 'Cake', requiredPoints: '10', timesPerPeriod: '1', period: 'day', isActive: 'yes' };
  const terms = (now) => rewards.termsOf(answers(now), 'free_product', before, 'UTC');
  const changes = (now) => changedOf(terms(typed), terms({ ...typed, ...now }));
  assert.deepEqual(changes({ requiredPoints: '12' }), { requiredPoints: 12 });
  assert.deepEqual(changes({ timesPerPeriod: '', isActive: '' }), { limits: [second], isActive: false });
});
