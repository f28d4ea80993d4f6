/** Until when a refusal is shown. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

globalThis.addEventListener ??= () => undefined; // The connection is asked for at once.
const setOnline = (onLine) => Object.defineProperty(globalThis, 'navigator', { value: { onLine }, configurable: true });
setOnline(true);
const { causeOf, endRefusals, onRefusalOver } = await load('shared/lib/refusals.ts');

test('what is no answer of the API is of the connection only while there is none', () => {
  setOnline(false);
  assert.equal(causeOf(new Error('fetch')), 'connection');
  setOnline(true);
  assert.equal(causeOf(new Error('fetch')), 'state');
});

test('it is over once its cause is over, and not before somebody could read it', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  setOnline(false);
  let isOver = false;
  const stop = onRefusalOver(new Error('fetch'), () => (isOver = true));
  endRefusals('state');
  context.mock.timers.tick(10_000);
  assert.equal(isOver, false);
  endRefusals('connection');
  context.mock.timers.tick(0);
  assert.equal(isOver, true);

  isOver = false;
  setOnline(true);
  const stopNext = onRefusalOver(new Error('refused'), () => (isOver = true));
  endRefusals('state');
  context.mock.timers.tick(2_999);
  assert.equal(isOver, false);
  context.mock.timers.tick(1);
  assert.equal(isOver, true);
  stop();
  stopNext();
});

test('of a page that is gone nothing is called', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const stop = onRefusalOver(new Error('refused'), () => assert.fail());
  endRefusals('state');
  stop();
  context.mock.timers.tick(10_000);
});
