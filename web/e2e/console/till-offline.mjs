/** The till without a connection: bookings are kept, sent later, each once; refusals wait for a person. */

import assert from 'node:assert/strict';
import { call, facts, run } from '../browser.mjs';
import { amounts, book, emptied, kept, reconnect, till, WHO } from './counter.mjs';
import { bookings, makeMember } from './customers.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

async function flow(browser, width) {
  const member = await makeMember();
  const opened = await till(browser, { width, worker: true });
  const { page, context } = opened;
  await page.evaluate(() => navigator.serviceWorker.ready);

  // The answer is lost on its way, after the API has booked.
  await page.route('**/addLoyaltyPoints', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await book(page, member.code, '20', member.program);
  await page.getByText('Kept: €20.00 for Tilla Kern.').waitFor();
  assert.equal((await bookings(member)).length, 1);
  const [entry] = await kept(page);
  assert.deepEqual([entry.customer, entry.wasSent], [{ userId: member.userId }, true]);
  assert.ok(!JSON.stringify(entry).includes('Tilla')); // Nothing of the person but the id.
  await check(opened, 'till-kept');

  // No connection at all: the page opens again, and takes codes and numbers.
  await context.setOffline(true);
  await page.unroute('**/addLoyaltyPoints');
  await page.reload();
  await page.getByRole('heading', { name: 'Till', level: 1 }).waitFor();
  await page.getByText(/^There is no connection\. Bookings are kept/).waitFor();
  await page.getByLabel(WHO).fill('tilla@example.com');
  await page.keyboard.press('Enter');
  await page.getByText(/^There is no connection\. Only the code/).waitFor();
  await page.getByLabel(WHO).fill(member.code.slice(0, -1) + (member.code.endsWith('0') ? '1' : '0'));
  await page.keyboard.press('Enter');
  await page.getByText('Something is wrong with this code: a character is missing or mistyped. Scan it again.').waitFor();
  await book(page, member.code, '12.50', member.program);
  await page.getByText(`Kept: €12.50 for Customer …${member.code.slice(-4)}.`).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
  await book(page, member.customerNumber, '7', member.program);
  await page.getByText(/^Kept: €7.00/).waitFor();
  await book(page, 'K-nobody', '5', member.program);
  await page.getByRole('heading', { name: 'Not sent yet: 4' }).waitFor();
  await check(opened, 'till-offline');
  await page.getByLabel('Code of the reward').fill('ABCD-1234');
  await page.keyboard.press('Enter');
  await page.getByText(/^No answer came\. Hand nothing out yet/).waitFor();
  assert.equal((await bookings(member)).length, 1);

  // Who goes is told what stays.
  await page.getByRole('button', { name: 'Sign out' }).press('Enter');
  await page.getByText(/^4 bookings are not sent yet\. They stay/).waitFor();
  await check(opened, 'till-leave');
  await page.getByRole('button', { name: 'No', exact: true }).press('Enter');

  // The connection is back: each is booked once, and what is refused waits for a person.
  await reconnect(opened);
  await page.getByRole('heading', { name: 'Not sent yet: 1' }).waitFor();
  await page.getByText('Nobody is found by that.').waitFor();
  const later = page.getByRole('listitem');
  for (const amount of ['€20.00', '€12.50', '€7.00']) await later.filter({ hasText: amount }).first().waitFor();
  await page.getByText('3 bookings were sent later.').waitFor();
  await check(opened, 'till-parked');
  await page.getByRole('button', { name: 'Done' }).press('Enter');
  await page.getByRole('button', { name: 'Done' }).waitFor({ state: 'detached' });
  assert.deepEqual(await amounts(member), [7, 12.5, 20]);
  const late = (await bookings(member)).find((each) => Number(each.purchaseAmount) === 20);
  assert.equal(late.transactionId, entry.key);

  await call('createMember', { userId: `n-${entry.key}`, customerNumber: 'K-nobody' });
  await call('enrollInLoyaltyProgram', { programId: member.program.programId, userId: `n-${entry.key}` });
  await page.getByRole('button', { name: 'Send again' }).press('Enter');
  await emptied(page);
  await page.getByText(/ for K-nobody\.$/).waitFor(); // Who it was is known since, and what was granted.
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  await check(opened, 'till-sent-later');
  assert.deepEqual(await amounts({ ...member, userId: `n-${entry.key}` }), [5]);
  await call('eraseMember', { userId: `n-${entry.key}` });

  await old(opened, member);
  await page.getByRole('button', { name: 'Sign out' }).press('Enter');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await context.close();
}

/** What is older than a day is sent only if a person says so; another person does not see it. */
async function old(opened, member) {
  const { page, context } = opened;
  await context.setOffline(true);
  await book(page, member.code, '6', member.program);
  await page.getByRole('heading', { name: 'Not sent yet: 1' }).waitFor();
  await age(page, 25);
  await context.setOffline(false);
  await page.reload();
  await page.getByText(/^This is more than a day old/).waitFor();
  await check(opened, 'till-old');
  assert.equal((await bookings(member)).length, 3);

  await page.getByRole('button', { name: 'Sign out' }).press('Enter');
  await page.getByRole('button', { name: 'Sign out all the same' }).press('Enter');
  await signIn(page, facts.signIns.manager);
  await page.getByRole('navigation').getByRole('link', { name: 'Till' }).press('Enter');
  await page.getByLabel(WHO).waitFor();
  assert.equal(await page.getByRole('heading', { name: /^Not sent yet/ }).count(), 0);
  await page.getByRole('button', { name: 'Sign out' }).press('Enter');
  await signIn(page, facts.signIns.cashier);
  await page.getByRole('button', { name: 'Send it now' }).press('Enter');
  await emptied(page);
  assert.deepEqual(await amounts(member), [6, 7, 12.5, 20]);
  const [booked] = (await bookings(member)).filter((each) => Number(each.purchaseAmount) === 6);
  const ago = Date.now() - Date.parse(booked.occurredAt ?? booked.createdAt);
  assert.ok(ago > 24 * 3_600_000, `it counts as bought ${ago} ms ago`);
}

/** Make what is kept some hours older. */
function age(page, hours) {
  return page.evaluate(
    (ms) =>
      new Promise((resolve) => {
        const opening = indexedDB.open('punktwerk.till');
        opening.onsuccess = () => {
          const change = opening.result.transaction('outbox', 'readwrite');
          const entries = change.objectStore('outbox');
          entries.getAll().onsuccess = ({ target }) =>
            target.result.forEach((each) => entries.put({ ...each, at: each.at - ms }));
          change.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
    hours * 3_600_000,
  );
}
