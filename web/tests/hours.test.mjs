import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { daysOf, timeOf } = await load('shared/lib/hours.ts');

test('days that follow each other are a range', () => {
  assert.equal(daysOf([1, 2, 3, 4, 5], 'en-GB'), 'Mon–Fri');
  assert.equal(daysOf([6, 7], 'en-GB'), 'Sat, Sun');
  assert.equal(daysOf([5, 1, 2, 3], 'de-DE'), 'Mo–Mi, Fr');
  assert.equal(daysOf([4], 'de-DE'), 'Do');
});

test('minutes of the day are times of the clock', () => {
  assert.equal(timeOf(870, 'de-DE'), '14:30');
  assert.equal(timeOf(0, 'en-GB'), '00:00');
  assert.equal(timeOf(1440, 'en-GB'), '00:00');
});
