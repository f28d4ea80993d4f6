/** What needs attention on the start page: `npm test`. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { areUnusual, returnsOnce, syncFailures, webhookFaults } = await load('console/src/start/faults.ts');
const SINCE = '2026-03-03T12:00:00.000Z';
const HOOK = { url: 'https://till.example.com/hook?x=1', kind: 'http', description: '', isEnabled: true, disabledReason: null, failingSince: null };
const STOPPED = { ...HOOK, isEnabled: false, failingSince: SINCE };

test('a webhook that works, or that its owner has stopped, needs nothing', () => {
  assert.deepEqual(webhookFaults([HOOK, { ...STOPPED, disabledReason: 'owner' }]), []);
});

test('one that fails is told with the time, one that was stopped without', () => {
  const queue = { ...STOPPED, url: null, kind: 'aws_sqs', disabledReason: 'only_failed' };
  assert.deepEqual(webhookFaults([{ ...HOOK, failingSince: SINCE }, { ...STOPPED, disabledReason: 'gone' }, queue]), [
    { target: 'till.example.com', since: SINCE },
    { target: 'till.example.com', since: null },
    { target: 'aws_sqs', since: null },
  ]);
});

test('of systems only the last run counts', () => {
  const run = (state) => ({ state, startedAt: SINCE, finishedAt: null });
  const systems = ['failed', 'succeeded', 'running'].map((state) => ({ kind: 'pos', system: state, isConfigured: true, lastSync: run(state) }));
  const idle = { kind: 'erp', system: 'new', isConfigured: true, lastSync: null };
  const gone = { kind: 'shop', system: 'gone', isConfigured: false, lastSync: run('failed') };
  assert.deepEqual(syncFailures([...systems, idle, gone]), [{ kind: 'pos', system: 'failed', at: SINCE }]);
});

for (const [refused, accepted, expected] of [
  [0, 0, false],
  [9, 0, false],
  [10, 0, true],
  [10, 39, true],
  [10, 40, false],
  [100, 1000, false],
]) {
  test(`${refused} refused and ${accepted} accepted: ${expected}`, () => {
    assert.equal(areUnusual(refused, accepted), expected);
  });
}

test('a return that waits in several programs is one', () => {
  const one = { userId: 'ann', refundId: 'r1', transactionId: 't1', since: '2026-03-04T12:00:00.000Z' };
  const first = { ...one, userId: 'bob', since: SINCE };
  assert.deepEqual(returnsOnce([one, one, first, { ...one, refundId: 'r2' }]), [first, one, { ...one, refundId: 'r2' }]);
});
