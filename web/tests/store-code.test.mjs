import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { readStoreCode } = await load('card/src/check-in/store-code.ts');
const CODE = 'PWS1:S:store_1:1:5nHccQzZCxSE_UdF:9d85bab7';

test('a code is read alone, or at the end of a link, whatever the link is', () => {
  for (const text of [CODE, ` ${CODE}\n`, `https://card.example/check-in#${CODE}`, `javascript:alert(1)#${CODE}`]) {
    assert.deepEqual(readStoreCode(text), { code: CODE, storeId: 'store_1' });
  }
});

test('the id of the store is decoded', () => {
  const code = CODE.replace('store_1', 'caf%C3%A9%3A1');
  assert.deepEqual(readStoreCode(code), { code, storeId: 'café:1' });
});

test('what is no code of a store is nothing', () => {
  const others = [
    '',
    'https://evil.example/',
    `${CODE}#`,
    `${CODE} more`,
    CODE.replace('PWS1', 'PWB1'),
    CODE.replace(':S:', ':X:'),
    CODE.replace('9d85bab7', '9D85BAB'),
    CODE.replace('store_1', '%E0%A4%A'),
    `PWS1:S:${'a'.repeat(3000)}:1:5nHccQzZCxSE_UdF:9d85bab7`,
  ];
  for (const text of others) assert.equal(readStoreCode(text), null, text);
});
