/** Which of the two codes of a card a text is. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { isMemberCode, isOurRewardCode, rewardCodeOf } = await load('shared/lib/which-code.ts');

const REWARD = 'RW-7K2M-9QXT-4HBC-W3ZE';
const MEMBER = 'S7K2M9QXT4HBCW3ZE';

for (const text of [REWARD, REWARD.toLowerCase(), 'RW7K2M9QXT4HBCW3ZE', ' rw 7k2m 9qxt 4hbc w3ze '])
  test(`a reward: ${text}`, () => assert.equal(rewardCodeOf(text), REWARD));

for (const text of ['', MEMBER, 'RW-7K2M', `${REWARD}-X`, 'ABCD-1234', 'https://shop.example/RW7K2M9QXT4HBCW3ZE', 'K-17'])
  test(`no reward: ${text}`, () => assert.equal(rewardCodeOf(text), null));

for (const text of [MEMBER, 'S7K2 M9QX T4HB CW3Z E', MEMBER.toLowerCase()])
  test(`a customer: ${text}`, () => assert.ok(isMemberCode(text)));

for (const text of ['', REWARD, 'S7K2M9QXT4HBCW3ZX', 'ABCD-1234', 'K-17'])
  test(`no customer: ${text}`, () => assert.ok(!isMemberCode(text)));

test('one that we have made', () => assert.ok(isOurRewardCode(REWARD)));

// The last could be imported: only the dash makes it one of ours.
for (const text of ['KINO-1234', 'Kino-1a', 'RW7K2M9QXT4HBCW3ZE'])
  test(`one of somebody else: ${text}`, () => assert.ok(!isOurRewardCode(text)));
