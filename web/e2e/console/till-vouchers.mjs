/** Vouchers at the counter: one of the store's own, one with codes of a cinema, and what the card shows of both. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { choose, till, WHO } from './counter.mjs';
import { check, WIDTHS } from './staff.mjs';

const { storeId, signIns } = facts;

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

/** Make a program that no other flow looks at, whose codes of a cinema have signs as such codes do. */
async function situation(userId) {
  const name = randomUUID().slice(0, 8);
  const body = { storeId, programName: `Gutscheine ${name}`, programType: 'points', rules: { pointsPerEuro: 1 }, isActive: true };
  const program = await call('createLoyaltyProgram', body);
  const { programId } = program;
  const kinds = { programId, type: 'voucher' };
  await call('createReward', { ...kinds, rewardId: 'own', title: 'Gutschein', requiredPoints: 20 });
  await call('createReward', { ...kinds, rewardId: 'cinema', title: 'Kinokarte', requiredPoints: 30, stock: 0 });
  const codes = [`KINO_${name}/1`, `KINO_${name}/2`];
  await call('importVoucherCodes', { programId, rewardId: 'cinema', codes });
  for (const [rewardId, requiredPoints] of [['Keks', 10], ['Bonbon', 5]]) {
    await call('createReward', { programId, rewardId, title: rewardId, type: 'free_product', productId: rewardId, requiredPoints });
  }
  await call('enrollInLoyaltyProgram', { programId, userId });
  await call('addLoyaltyPoints', { programId, userId, points: 100 });
  return { program, ids: { programId, userId }, codes };
}

async function balanceOf({ ids }) {
  return (await call('getCustomerBalance', ids)).currentBalance;
}

async function flow(browser, width) {
  const userId = `vouchers-${randomUUID()}`;
  await call('createMember', { userId, firstName: 'Vera', lastName: 'Kern' });
  const made = await situation(userId);
  const { code } = await call('getMemberCode', { storeId, userId });
  const opened = await till(browser, { width });
  const { page, context } = opened;
  await page.getByLabel(WHO).fill(code);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Vera Kern' }).waitFor();
  await choose(page, made.program);

  // One of the store's own is handed over as any reward, and comes back.
  await page.getByText('Enough for: Kinokarte').waitFor();
  await page.getByRole('button', { name: '1 more reward' }).press('Enter');
  await page.getByText('Enough for: Bonbon').waitFor();
  await check(opened, 'till-vouchers');
  await redeem(page, 'Redeem for 20 points');
  await page.getByText('Hand over now: Gutschein. 80 points left.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByText('20 points given back, now 100 points. Not redeemed: Gutschein.').waitFor();
  assert.equal(await balanceOf(made), 100);

  // Of the cinema's the customer gets the code, which somebody has seen then.
  await redeem(page, 'Redeem for 30 points');
  const given = page.getByText(/^Kinokarte: give the customer the code “.*”\. 70 points left\.$/);
  await given.waitFor();
  const text = (await given.textContent()) ?? '';
  assert.ok(made.codes.some((each) => text.includes(each)), text);
  assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
  await check(opened, 'till-voucher-code');
  const { redemptions } = await call('listRedemptions', { ...made.ids, status: 'redeemed' });
  assert.deepEqual(redemptions.map((each) => text.includes(each.rewardCode)), [true]);
  await page.getByRole('button', { name: 'Another customer' }).press('Enter');

  await fromTheCard(browser, width, page);
  await context.close();
  await call('updateLoyaltyProgram', { programId: made.program.programId, isActive: false });
}

async function redeem(page, name) {
  await page.getByRole('button', { name }).press('Enter');
  await page.getByRole('button', { name: 'Yes, redeem' }).press('Enter');
}

/** The customer gets both in the card; the till takes what is shown there, as it is read by a camera. */
async function fromTheCard(browser, width, counter) {
  const made = await situation(signIns.customer.userId);
  const { programId } = made.ids;
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(new URL(`/sign-in?back=${encodeURIComponent(`/c/${programId}`)}`, facts.urls.card).href);
  await page.getByRole('button', { name: 'I have a password' }).click();
  await page.getByLabel('E-mail address').fill(signIns.customer.email);
  await page.getByLabel('Password').fill(signIns.customer.password);
  await page.getByRole('button', { name: 'Sign in with a password' }).click();
  await page.locator('.balance', { hasText: '100 points' }).waitFor();
  const field = counter.getByLabel('Code of the reward');
  for (const [title, left] of [
    ['Gutschein', '80 points'],
    ['Kinokarte', '50 points'],
  ]) {
    await page.getByRole('button', { name: `Get it ${title}` }).click();
    await page.getByText('You get its code, and cannot give that back here.', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Yes, get it' }).click();
    await page.locator('.balance', { hasText: left }).waitFor();
    const shown = page.getByRole('listitem').filter({ hasText: 'Show this code at the till' });
    await shown.waitFor();
    await check(opened, `till-card-${title.toLowerCase()}`);
    await field.fill((await shown.locator('.text').textContent()) ?? '');
    await field.press('Enter');
    await counter.getByText(`Hand over now: ${title}.`, { exact: true }).waitFor();
    // What the cinema's code was used for there nobody knows here.
    assert.equal(await counter.getByRole('button', { name: 'Undo' }).count(), title === 'Kinokarte' ? 0 : 1);
    await shown.waitFor({ state: 'detached' });
  }
  await context.close();
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
