/** Where somebody goes on who has signed in. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

globalThis.location = new URL('https://card.example/sign-in');
globalThis.history = { state: null };
const { backOf, pathOf } = await load('card/src/sign-in/back.ts');

test('a page of ours is the way back, with all that its address says', () => {
  const way = '/s/store_1?referralCode=K7M2X9QT4H#join=1';
  assert.equal(backOf(way), way);
  assert.equal(new URL(pathOf(way), globalThis.location.origin).searchParams.get('back'), way);
});

test('anything else leads to the cards: nobody comes back to the form', () => {
  const others = ['https://elsewhere.example/', '//elsewhere.example', '/sign-in', '/sign-in?back=/sign-in', '/sign-in#x', '/%73ign-in', '/sign-in/', '', null];
  for (const named of others) assert.equal(backOf(named), '/cards', String(named));
});
