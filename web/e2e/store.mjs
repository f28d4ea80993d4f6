/** Somebody who has not signed in looks at a store. It needs Firestore, and nothing else. */

import assert from 'node:assert/strict';
import { check, facts, open, run } from './browser.mjs';

await run(async (browser) => {
  const { page, problems } = await open(browser);
  await page.goto(facts.urls.card);
  await page.getByRole('heading', { level: 1, name: facts.name }).waitFor();
  await page.getByRole('listitem').filter({ hasText: facts.program }).waitFor();
  const join = page.getByRole('button', { name: 'Get this card' });
  await join.filter({ hasText: facts.program }).waitFor();
  await check(page, 'store', problems);
  await page.goto(new URL('/s/nowhere', facts.urls.card).href);
  await page.getByRole('heading', { name: 'There is no such shop.' }).waitFor();
  await check(page, 'no-store', problems);
  // Addresses that somebody has made up.
  for (const path of ['/s/%', '/s/__proto__', '/s/', '/s/%E0%A4%A']) {
    await page.goto(new URL(path, facts.urls.card).href);
    await page.getByRole('heading', { name: 'There is no such shop.' }).waitFor();
  }
  await page.goto(new URL('/sign-in?back=/.//evil.example', facts.urls.card).href);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await check(page, 'made-up', problems);
  // Nobody has set up Google or Apple here.
  assert.equal(await page.getByRole('button', { name: /Google|Apple/ }).count(), 0);
});
