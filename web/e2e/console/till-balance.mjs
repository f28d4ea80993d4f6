/** A cashier pays a part of a purchase from a customer's balance, undoes it, and hands out what a full card brings. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, run } from '../browser.mjs';
import { AMOUNT, choose, till, WHO } from './counter.mjs';
import { check, WIDTHS } from './staff.mjs';

const OFFER = /^Pay from the balance/;
const PART = /^From the balance/;

await run(async (browser) => {
  for (const width of WIDTHS) {
    await payFromBalance(browser, width);
    await handOut(browser, width);
  }
});

/** Make a member of the store's program of a type, who has something on the card. */
async function memberOf(programType, points) {
  const { programs } = await call('getLoyaltyPrograms', { storeId: facts.storeId });
  const program = programs.find((each) => each.programType === programType && each.rewards.length > 0);
  const userId = `balance-${randomUUID()}`;
  const customerNumber = `B-${userId.slice(8, 16)}`;
  const ids = { programId: program.programId, userId };
  await call('createMember', { userId, customerNumber, firstName: 'Berta', lastName: 'Kern' });
  await call('enrollInLoyaltyProgram', ids);
  await call('addLoyaltyPoints', { ...ids, points });
  const { code } = await call('getMemberCode', { storeId: facts.storeId, userId });
  return { ids, program, code, customerNumber };
}

async function balanceOf({ ids }) {
  return (await call('getCustomerBalance', ids)).currentBalance;
}

/** Find a customer, and choose the program. */
async function find(page, who, { program }) {
  await page.getByLabel(WHO).fill(who);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Berta Kern' }).waitFor();
  await choose(page, program);
}

async function payFromBalance(browser, width) {
  const saver = await memberOf('cashback', 12.4);
  const opened = await till(browser, { width });
  const { page, context } = opened;

  // Without the card's code a cashier takes nothing.
  await find(page, saver.customerNumber, saver);
  await page.getByText('To pay from the balance, scan the code on the card.').waitFor();
  assert.equal(await page.getByRole('button', { name: OFFER }).count(), 0);
  await check(opened, 'till-balance-no-code');
  await page.getByRole('button', { name: 'Another customer' }).press('Enter');

  await find(page, saver.code, saver);
  await page.getByText('Balance: €12.40', { exact: true }).waitFor();
  await page.getByLabel(AMOUNT).fill('20');
  await page.getByRole('button', { name: 'Pay from the balance: up to €12.40' }).press('Enter');
  await page.getByText('Left to pay: €7.60').waitFor();
  assert.equal(await page.getByLabel(PART).inputValue(), '12.40');
  await check(opened, 'till-balance-pay');

  await page.getByLabel(AMOUNT).fill('5');
  await page.getByText('At most €5.00.', { exact: true }).waitFor();
  await page.getByLabel(AMOUNT).fill('20');
  await page.getByLabel(PART).fill('15');
  await page.keyboard.press('Enter');
  await page.getByText('At most €12.40 can be paid from the balance.').waitFor();
  await page.getByLabel(PART).fill('10');
  await page.getByText('Left to pay: €10.00').waitFor();
  await page.getByRole('button', { name: 'All that is possible' }).press('Enter');
  await page.getByText('Left to pay: €7.60').waitFor();
  await page.getByRole('button', { name: 'Book', exact: true }).press('Enter');
  await page.getByText('€12.40 paid from the balance.').waitFor();
  await page.getByText('Left to pay: €7.60').waitFor();
  await check(opened, 'till-balance-paid');
  const earned = await balanceOf(saver);
  assert.ok(earned > 0 && earned < 7.6, `${earned} earned by 7.60`);

  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByText('€12.40 given back to the card.').waitFor();
  await check(opened, 'till-balance-undone');
  assert.equal(await balanceOf(saver), 12.4);

  // Paid whole: nothing is left, nothing is earned, and that is undone as well.
  await find(page, saver.code, saver);
  await page.getByLabel(AMOUNT).fill('5.50');
  await page.getByRole('button', { name: OFFER }).press('Enter');
  await page.getByText('Left to pay: €0.00').waitFor();
  await page.getByLabel(PART).press('Enter');
  await page.getByText('Nothing is left to pay.').waitFor();
  assert.equal(await balanceOf(saver), 6.9);
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByText('€5.50 given back to the card.').waitFor();
  assert.equal(await balanceOf(saver), 12.4);

  await halfFinished(opened, saver);
  await loadedAgain(opened, saver);
  await lostAnswer(opened, saver);
  await context.close();
}

/** The balance has paid, and the purchase is sent later: then it is shown and undone as a whole. */
async function halfFinished(opened, saver) {
  const { page, context } = opened;
  await find(page, saver.code, saver);
  await page.getByLabel(AMOUNT).fill('20');
  await page.getByRole('button', { name: OFFER }).press('Enter');
  await page.getByText('Left to pay: €7.60').waitFor();
  await context.route('**/addLoyaltyPoints', (route) => route.abort());
  await page.getByLabel(PART).press('Enter');
  await page.getByText('Kept: €20.00 for Berta Kern.').waitFor();
  await context.unroute('**/addLoyaltyPoints');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.getByText(/^€[0-9.]+ for Berta Kern\.$/).waitFor();
  await page.getByText('€12.40 paid from the balance.').waitFor();
  await check(opened, 'till-balance-sent-later');
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByText('€12.40 given back to the card.').waitFor();
  assert.equal(await balanceOf(saver), 12.4);
}

/** Paid whole, and the page is loaded again before the purchase is sent, which earns nothing: it is undone all the same. */
async function loadedAgain({ page, context }, saver) {
  await find(page, saver.code, saver);
  await page.getByLabel(AMOUNT).fill('5.50');
  await page.getByRole('button', { name: OFFER }).press('Enter');
  await page.getByText('Left to pay: €0.00').waitFor();
  await context.route('**/addLoyaltyPoints', (route) => route.abort());
  await page.getByLabel(PART).press('Enter');
  await page.getByText('Kept: €5.50 for Berta Kern.').waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Not sent yet: 1' }).waitFor();
  await context.unroute('**/addLoyaltyPoints');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.getByText('€5.50 paid from the balance.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByText('€5.50 given back to the card.').waitFor();
  assert.equal(await balanceOf(saver), 12.4);
}

/** The answer is lost on the way, and the page is loaded again: it is sent again, and taken once. */
async function lostAnswer({ page, context }, saver) {
  await find(page, saver.code, saver);
  await page.getByLabel(AMOUNT).fill('4');
  await page.getByRole('button', { name: OFFER }).press('Enter');
  await page.getByText('Left to pay: €0.00').waitFor();
  await context.route('**/redeemLoyaltyPoints', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.getByLabel(PART).press('Enter');
  await page.getByText('Perhaps €4.00 are taken from the balance, perhaps not.').waitFor();
  assert.equal(await balanceOf(saver), 8.4);
  assert.ok(!(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).includes('Berta'));
  await page.reload();
  await page.getByText('Perhaps €4.00 are taken from the balance, perhaps not.').waitFor();
  await context.unroute('**/redeemLoyaltyPoints');
  await page.getByRole('button', { name: 'Send again', exact: true }).press('Enter');
  await page.getByText('€4.00 paid from the balance.').waitFor();
  assert.equal(await balanceOf(saver), 8.4);
}

async function handOut(browser, width) {
  const collector = await memberOf('stamps', 1);
  const { program, ids } = collector;
  const dearest = program.rewards.toSorted((one, other) => other.requiredPoints - one.requiredPoints)[0];
  const opened = await till(browser, { width });
  const { page, context } = opened;

  await find(page, collector.code, collector);
  await page.getByText(/ more for: /).waitFor();
  await check(opened, 'till-stamps-missing');
  await page.getByRole('button', { name: 'Another customer' }).press('Enter');
  await call('addLoyaltyPoints', { ...ids, points: dearest.requiredPoints - 2 });

  await find(page, collector.code, collector);
  await page.getByRole('button', { name: 'Book 1 stamp', exact: true }).press('Enter');
  await page.getByText(/^Now on the card: [0-9]+ of [0-9]+ stamps\./).waitFor();
  await page.getByText(`The card is full: ${dearest.title}`).waitFor(); // The booking has filled it.
  await check(opened, 'till-card-full');
  await page.getByRole('button', { name: /^Redeem for/ }).first().press('Enter');
  await page.getByRole('button', { name: 'Yes, redeem' }).press('Enter');
  await page.getByText(dearest.title, { exact: false }).and(page.getByText(/^(Hand over now|Take ).* 0 stamps left\.$/)).first().waitFor();
  await check(opened, 'till-handed-out');
  assert.equal(await balanceOf(collector), 0);
  const { redemptions } = await call('listRedemptions', ids);
  assert.deepEqual(redemptions.map((each) => each.status), ['used']);
  await context.close();
}
