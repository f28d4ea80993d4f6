/** A browser without locks tells no page from another: the till books all the same. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { openPages, ownPage } = await load('console/src/till/open-pages.ts');

test('without locks no page has a name, and nobody is told which are open', async () => {
  assert.equal(globalThis.navigator?.locks, undefined);
  assert.equal(await ownPage(), undefined);
  assert.equal(await openPages(), undefined);
});
