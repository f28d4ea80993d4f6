import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { codeAt, keyOf } = await load('card/src/code/changing-code.ts');
const DEVICE = { codeId: 'K7M2X9QT4H', secret: '0f'.repeat(32), stepSeconds: 30 };

test('a code is the one that the API makes of the same secret at the same time', async () => {
  // member_codes.rotating(DEVICE, 2026-11-30T00:30:29Z)
  const code = await codeAt(await keyOf(DEVICE), new Date('2026-11-30T00:30:29Z'));
  assert.equal(code.text, 'RK7M2X9QT4H1S2ZFWWAH5F0NQK');
  assert.equal(code.endsAt.toISOString(), '2026-11-30T00:30:30.000Z');
});

test('another half minute has another code, and the key is not to be had', async () => {
  const device = await keyOf(DEVICE);
  const [first, same, next] = await Promise.all(
    ['00', '29', '30'].map((second) => codeAt(device, new Date(`2026-11-30T00:30:${second}Z`))),
  );
  assert.equal(first.text, same.text);
  assert.notEqual(first.text, next.text);
  assert.equal(device.key.extractable, false);
});
