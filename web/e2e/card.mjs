/** A customer: looks at a store, signs in by a mailed link, joins, is booked at the till, reserves. */

import assert from 'node:assert/strict';
import { call, check, facts, open, run } from './browser.mjs';
import { askForLink } from './mail.mjs';

const email = `guest-${Date.now()}@example.com`;
const card = new URL(facts.urls.card);

await run(async (browser) => {
  const { context, page, problems } = await open(browser, { worker: true });
  await page.goto(card.href);
  await page.getByRole('heading', { level: 1 }).waitFor();
  // That of the demo, among all that other flows have made.
  const name = page.getByRole('heading', { name: 'Punkte', exact: true });
  const program = page.getByRole('listitem').filter({ has: name, hasText: 'Ein Programm zum Ausprobieren.' });
  await program.waitFor();
  await check(page, 'store', problems);

  // By the keyboard alone: the first stop leads past the navigation.
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'To the content');

  await program.getByRole('button', { name: 'Get this card' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await check(page, 'sign-in', problems);
  await page.getByRole('button', { name: 'Mail me a link' }).click();
  await page.getByText('Type an e-mail address').waitFor();
  await page.goto(await askForLink(page, email));
  await page.getByRole('img', { name: 'Show this at the till' }).waitFor();
  const programId = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1));
  const code = (await page.locator('.code .text').first().textContent()) ?? '';
  assert.match(code, /^\S{8,}$/);
  await page.getByText('0 points', { exact: true }).waitFor();
  await check(page, 'card', problems);

  // The till books by the code; the card shows it without a reload.
  const { member } = await call('identifyMember', { storeId: facts.storeId, memberCode: code });
  await call('addLoyaltyPoints', { programId, userId: member.userId, points: 500, transactionId: `sale-${email}` });
  await page.getByText('500 points booked. Now 500 points.').waitFor();
  await page.locator('.balance', { hasText: '500 points' }).waitFor();

  await page.getByRole('button', { name: /^Get it/ }).first().click();
  const reserved = page.getByRole('group', { name: 'Show this code at the till' });
  await reserved.waitFor();
  await check(page, 'reserved', problems);
  await reserved.getByRole('button', { name: 'Give it back' }).click();
  await reserved.waitFor({ state: 'detached' });

  // What was refused is said until its cause is over: here the shop lets the member come back.
  const get = page.getByRole('button', { name: /^Get it/ }).first();
  await context.route(/Firestore\/Listen/, (route) => route.abort()); // The page is not told at once.
  await page.reload();
  await page.getByRole('img', { name: 'Show this at the till' }).waitFor();
  await get.waitFor();
  await call('suspendMember', { programId, userId: member.userId, reason: 'A lost card' });
  await get.click();
  const refused = page.getByRole('alert').filter({ hasText: 'suspended' });
  await refused.waitFor();
  await call('reactivateMember', { programId, userId: member.userId, reason: 'Found' });
  await context.unroute(/Firestore\/Listen/);
  await refused.waitFor({ state: 'detached' });

  // The same of a connection; and without one the card says at once from when it is.
  const lost = page.getByRole('alert').filter({ hasText: 'no connection' });
  await context.setOffline(true);
  await page.getByText('Nothing newer could be read.').waitFor();
  await get.click();
  await lost.waitFor();
  await context.setOffline(false);
  await lost.waitFor({ state: 'detached' });
  await page.getByText('Nothing newer could be read.').waitFor({ state: 'detached' });

  // Without a connection the card is there, and says from when it is.
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page.locator('.balance', { hasText: '500 points' }).waitFor();
  await context.setOffline(true);
  await page.reload();
  await page.locator('.balance', { hasText: '500 points' }).waitFor();
  await page.locator('time').first().waitFor();
  await check(page, 'offline', problems);
  await context.setOffline(false);

  for (const [name, look] of [
    ['german-dark', { language: 'de-DE', dark: true }],
    ['wide', { width: 1280 }],
  ]) {
    const other = await open(browser, look);
    await other.page.goto(card.href);
    await other.page.getByRole('listitem').first().waitFor();
    await check(other.page, `store-${name}`, other.problems);
    await other.context.close();
  }

  await page.goto(new URL(`/c/${encodeURIComponent(programId)}`, card).href);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Get my data' }).click();
  assert.equal((await download).suggestedFilename(), 'my-data.json');
  await page.getByRole('button', { name: 'Leave this program' }).click();
  await page.getByRole('button', { name: 'Yes, leave' }).click();
  await page.getByText('You have no card yet.').waitFor();
  await check(page, 'no-cards', problems);

  // What the shop has stored is there still, and can be erased.
  await page.getByRole('button', { name: 'Shops whose programs I have left' }).click();
  await page.getByRole('heading', { level: 2 }).waitFor();
  await check(page, 'left-stores', problems);
  await page.getByRole('button', { name: 'Erase my data' }).click();
  await page.getByRole('button', { name: 'Yes, erase' }).dblclick();
  await page.getByText('Your data was erased').waitFor();
  await page.getByText(`You have signed in as ${email}.`).waitFor(); // "Sign out" has come under the finger.
});
