/** What can be seen of a member's code without a connection. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { doubtOf } = await load('shared/lib/member-code.ts');
/** Made by the backend (`member_codes.rotating`) for this time. */
const AT = Date.parse('2026-03-03T12:00:00Z');
const STATIC = 'S7K2M9QXT4HBCW3ZE';
const ROTATING = 'R01234567891RB3V01Q1YTRRQN';
const STEP = 30_000;

for (const text of [STATIC, STATIC.toLowerCase(), 'S7K2 M9QX-T4HB CW3Z E']) {
  test(`${text} is whole`, () => assert.equal(doubtOf(text, AT), null));
}

test('a wrong character, and two in each other’s place, are noticed', () => {
  for (let place = 1; place < STATIC.length; place += 1) {
    const other = STATIC[place] === '7' ? '8' : '7';
    assert.equal(doubtOf(STATIC.slice(0, place) + other + STATIC.slice(place + 1), AT), 'damaged');
    if (place + 1 < STATIC.length && STATIC[place] !== STATIC[place + 1]) {
      const turned = STATIC.slice(0, place) + STATIC[place + 1] + STATIC[place] + STATIC.slice(place + 2);
      assert.equal(doubtOf(turned, AT), 'damaged');
    }
  }
});

for (const text of ['', 'S', 'X'.repeat(17), STATIC.slice(0, -1), `${STATIC}0`, 'S7K2M9QXT4HBCW3Z€', ROTATING.slice(1)]) {
  test(`"${text}" is damaged`, () => assert.equal(doubtOf(text, AT), 'damaged'));
}

test('letters that look like digits are read as these', () => {
  const zero = ROTATING.replaceAll('0', 'O').replaceAll('1', 'l');
  assert.equal(doubtOf(zero, AT), null);
});

test('a rotating code is of its half minute, one earlier or later', () => {
  for (const steps of [-1, 0, 1]) assert.equal(doubtOf(ROTATING, AT + steps * STEP), null);
  for (const steps of [-2, 2, 9999]) assert.equal(doubtOf(ROTATING, AT + steps * STEP), 'expired');
});
