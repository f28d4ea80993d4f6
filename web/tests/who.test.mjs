/** Whom a text means. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { scannedWay, wayOf } = await load('shared/lib/who.ts');

const WAYS = [
  ['max@example.com', { email: 'max@example.com' }],
  ['+49 151 1234567', { phone: '+49 151 1234567' }],
  ['0151/1234567', { phone: '0151/1234567' }],
  ['S7K2M9QXT4HBCW3ZE', { memberCode: 'S7K2M9QXT4HBCW3ZE' }],
  ['S7K2 M9QX T4HB CW3Z E', { memberCode: 'S7K2M9QXT4HBCW3ZE' }],
  ['s7k2m9qxt4hbcw3ze', { memberCode: 's7k2m9qxt4hbcw3ze' }],
  ['CUST-001', { customerNumber: 'CUST-001' }],
  ['10017', { customerNumber: '10017' }],
];

for (const [text, way] of WAYS) test(text, () => assert.deepEqual(wayOf(` ${text} `), way));

test('nothing', () => assert.equal(wayOf('  '), null));

const SCANNED = [
  ['S7K2M9QXT4HBCW3ZE', { memberCode: 'S7K2M9QXT4HBCW3ZE' }],
  ['CUST-001', { customerNumber: 'CUST-001' }],
  ['01510000000', { customerNumber: '01510000000' }], // A camera sees codes, and no phone numbers.
  ['https://shop.example/s/store_1', null],
  ['javascript:alert(1)', null],
  ['max@example.com', null],
  ['BEGIN:VCARD\nFN:Max', null],
  ['', null],
];

for (const [text, way] of SCANNED) test(`scanned ${text}`, () => assert.deepEqual(scannedWay(text), way));
