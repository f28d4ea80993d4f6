/** What the flows of the till do at the counter: open it, book, cut and join the network, and look at what is kept. */

import assert from 'node:assert/strict';
import { facts, open } from '../browser.mjs';
import { bookings } from './customers.mjs';
import { signIn } from './staff.mjs';

export const WHO = 'Code, e-mail or phone';
export const AMOUNT = /^Amount of the purchase/;

/** Open the till for a cashier. */
export async function till(browser, options) {
  const opened = await open(browser, options);
  await opened.page.goto(`${facts.urls.console}/till`);
  await signIn(opened.page, facts.signIns.cashier);
  await opened.page.getByLabel(WHO).waitFor();
  return opened;
}

/** Choose a program, if the form has more than one. */
export async function choose(page, { programId }, label = 'Program') {
  const choice = page.getByLabel(label);
  if (await choice.count()) await choice.selectOption(programId);
}

/** Type a code or number and an amount, by the keyboard alone. */
export async function book(page, who, amount, program) {
  await page.getByLabel(WHO).fill(who);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Another customer' }).waitFor();
  await choose(page, program);
  await page.getByLabel(AMOUNT).fill(amount);
  await page.getByLabel(AMOUNT).press('Enter');
}

/** Hold whatever a page books until `answer` is called; `asked` is fulfilled once the first of it is on its way. */
export async function holdBookings(page) {
  let answer;
  const held = new Promise((resolve) => {
    answer = resolve;
  });
  await page.route('**/addLoyaltyPoints', async (route) => {
    await held;
    await route.continue();
  });
  return { asked: page.waitForRequest('**/addLoyaltyPoints'), answer };
}

/** Wait until nothing is left in the browser's storage. */
export async function emptied(page) {
  await page.getByRole('heading', { name: /^Not sent yet/ }).waitFor({ state: 'detached' });
  assert.deepEqual(await kept(page), []);
}

/** Let the network be there again. The check of a page makes Chromium forget that it told of its end. */
export async function reconnect({ page, context }) {
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event('online')));
}

/** Return what the browser's storage has. */
export function kept(page) {
  return page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('punktwerk.till');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction('outbox').objectStore('outbox').getAll();
          reading.onsuccess = () => {
            opening.result.close();
            resolve(reading.result);
          };
        };
      }),
  );
}

/** Return what was booked for a member, the smallest amount first. */
export async function amounts(member) {
  return (await bookings(member)).map((each) => Number(each.purchaseAmount)).sort((one, other) => one - other);
}
