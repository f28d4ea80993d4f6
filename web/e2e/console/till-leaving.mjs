/** A page of the till that is loaded again, closed or left while it sends a booking: it is shown, sent, and booked once. */

import assert from 'node:assert/strict';
import { facts, open, run } from '../browser.mjs';
import { amounts, book, emptied, holdBookings, till, WHO } from './counter.mjs';
import { makeMember } from './customers.mjs';
import { check, signIn } from './staff.mjs';

await run(async (browser) => {
  await closed(browser);
  await loadedAgain(browser);
  await left(browser);
});

/** A tab that is closed while it sends loses nothing: the next one sees that it is gone, and sends it at once. */
async function closed(browser) {
  const member = await makeMember();
  const { page, context } = await till(browser, {});
  await page.route('**/addLoyaltyPoints', () => undefined); // Nobody knows whether it gets there.
  const asked = page.waitForRequest('**/addLoyaltyPoints');
  await book(page, member.code, '17', member.program);
  await asked;
  await page.close();
  const next = await context.newPage();
  await next.goto(`${facts.urls.console}/till`);
  await next.getByText(/^[0-9,]+ points for Customer /).waitFor();
  await emptied(next);
  assert.deepEqual(await amounts(member), [17]);
  await context.close();
}

/** Who loads the page again sees at once that it is being sent, and then the answer: nobody books it twice. */
async function loadedAgain(browser) {
  const member = await makeMember();
  const opened = await till(browser, { width: 390 });
  const { page, context } = opened;
  const held = [];
  let isOpen = false;
  await context.route('**/addLoyaltyPoints', async (route) => {
    await route.fetch(); // It is booked, and nobody hears of it.
    if (isOpen) await route.continue();
    else held.push(route);
  });
  const asked = page.waitForRequest('**/addLoyaltyPoints');
  await book(page, member.code, '7.50', member.program);
  await asked;
  const again = page.waitForRequest('**/addLoyaltyPoints');
  await page.reload();
  await page.getByText('Being sent: €7.50').waitFor();
  await again;
  await page.getByText('Being sent: €7.50').waitFor();
  await check(opened, 'till-being-sent');
  isOpen = true;
  for (const route of held) await route.continue().catch(() => undefined); // The first page is gone.
  await page.getByText(/^[0-9,]+ points for Customer /).waitFor();
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  // It is the first answer that was told again: what is on the card now nobody has said.
  assert.equal(await page.getByText(/^Now on the card/).count(), 0);
  await emptied(page);
  assert.deepEqual(await amounts(member), [7.5]);
  await context.close();
}

/** Who goes to another page and comes back finds what was booked meanwhile. */
async function left(browser) {
  const member = await makeMember();
  const opened = await open(browser);
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/till`);
  await signIn(page, facts.signIns.manager);
  await page.getByLabel(WHO).waitFor();
  const bookings = await holdBookings(page);
  await book(page, member.code, '8', member.program);
  await bookings.asked;
  await page.getByRole('navigation').getByRole('link', { name: 'Members' }).press('Enter');
  await page.getByRole('link', { name: '1 booking is not sent yet' }).press('Enter');
  await page.getByText('Being sent: €8.00').waitFor();
  bookings.answer();
  await page.getByText(/ points for Customer /).waitFor();
  await page.getByText(/^Now on the card: 1,[0-9]+ points\./).waitFor();
  await emptied(page);
  assert.deepEqual(await amounts(member), [8]);
  await context.close();
}
