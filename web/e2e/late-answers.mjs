/** Who goes on before a page is there sees the last page, whichever comes first; and is not called away from it. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { facts, open, run } from './browser.mjs';
import { makePerson, signIn } from './console/staff.mjs';
import { answer, hold } from './hold.mjs';

await run(async (browser) => {
  const person = await makePerson(`late-${randomUUID()}`);
  const { page, context, problems } = await open(browser);
  await page.goto(new URL('/sign-in?back=/cards', facts.urls.card).href);
  await signIn(page, person);
  await page.getByText('You have no card yet.').waitFor();

  const loaded = await hold(page, 'assets/check-in-*.js');
  await page.getByRole('link', { name: 'Scan' }).click();
  const script = await loaded();
  await page.goBack();
  await page.getByText('You have no card yet.').waitFor();
  await answer(page, script);
  await page.getByText('You have no card yet.').waitFor();
  assert.equal(new URL(page.url()).pathname, '/cards');

  // Who has asked for a further card, and goes to the first one meanwhile, is left there.
  await page.goto(facts.urls.card);
  await page.getByRole('button', { name: /^Get this card/ }).first().click();
  await page.getByRole('img', { name: 'Show this at the till' }).waitFor();
  const first = page.url();
  await page.getByRole('link', { name: /^All cards of / }).click();
  const enrolled = await hold(page, 'enrollInLoyaltyProgram');
  await page.getByRole('button', { name: /^Get this card/ }).first().click();
  const joining = await enrolled();
  await page.getByRole('link', { name: /^Open my card/ }).first().click();
  await page.getByRole('img', { name: 'Show this at the till' }).waitFor();
  await answer(page, joining);
  assert.equal(page.url(), first);
  assert.deepEqual(problems, []);
  await context.close();
});
