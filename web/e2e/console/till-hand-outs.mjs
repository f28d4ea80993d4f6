/** Who hands a reward out by mistake takes it back: after a booking, from the customer, and by the reward's code. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { choose, till, WHO } from './counter.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

const GIVES = /^Espresso: gives 3 stamps back to the card\. Until [0-9:]+\.$/;
const BACK = '3 stamps given back, now 3 of 3 stamps. Not redeemed: Espresso.';

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

/** Make a stamp card that no other flow looks at, of which three stamps buy an espresso, and a member with two. */
async function situation() {
  const programName = `Espressokarte ${randomUUID().slice(0, 8)}`;
  const rewards = [{ title: 'Espresso', type: 'free_product', requiredPoints: 3 }];
  const rules = { requiredStamps: 3, stampsPerPurchase: 1 };
  const body = { storeId: facts.storeId, programName, programType: 'stamps', rules, rewards, isActive: true };
  const program = await call('createLoyaltyProgram', body);
  const userId = `hand-outs-${randomUUID()}`;
  const ids = { programId: program.programId, userId };
  await call('createMember', { userId, firstName: 'Gerda', lastName: 'Kern' });
  await call('enrollInLoyaltyProgram', ids);
  await call('addLoyaltyPoints', { ...ids, points: 2 });
  const { code } = await call('getMemberCode', { storeId: facts.storeId, userId });
  const { rewards: offered } = await call('listRewards', ids);
  return { program, ids, code, rewardId: offered[0].rewardId };
}

async function balanceOf({ ids }) {
  return (await call('getCustomerBalance', ids)).currentBalance;
}

async function find(page, { code, program }) {
  await page.getByLabel(WHO).fill(code);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Gerda Kern' }).waitFor();
  await choose(page, program);
}

async function redeem(page) {
  await page.getByRole('button', { name: 'Redeem for 3 stamps' }).press('Enter');
  await page.getByRole('button', { name: 'Yes, redeem' }).press('Enter');
  await page.getByText('Hand over now: Espresso. 0 stamps left.').waitFor();
  await page.getByText(GIVES).waitFor();
}

async function flow(browser, width) {
  const made = await situation();
  const opened = await till(browser, { width });
  const { page, context } = opened;
  const undo = page.getByRole('button', { name: 'Undo' });

  // The last booking has filled the card.
  await find(page, made);
  await page.getByRole('button', { name: 'Book 1 stamp', exact: true }).press('Enter');
  await page.getByText('The card is full: Espresso').waitFor();
  // The reward is seen without moving the page.
  const reward = await page.getByRole('button', { name: 'Redeem for 3 stamps' }).boundingBox();
  assert.ok(reward.y + reward.height <= page.viewportSize().height, `it ends at ${reward.y + reward.height}`);
  await check(opened, 'till-full');
  await redeem(page);
  assert.equal(await balanceOf(made), 0);
  assert.equal(await undo.count(), 1); // Of the reward: the booking is not the last one any more.
  await check(opened, 'till-hand-out');
  await undo.press('Enter');
  await page.getByText(BACK).waitFor();
  await page.getByText('The card is full: Espresso').waitFor();
  assert.equal(await undo.count(), 0);
  await page.getByText(/^Only a manager can take the purchase back now/).waitFor();
  await check(opened, 'till-hand-out-undone');
  assert.equal(await balanceOf(made), 3);

  // Nothing was bought, and the customer has gone.
  await find(page, made);
  await redeem(page);
  await check(opened, 'till-hand-out-customer');
  await page.getByRole('button', { name: 'Another customer' }).press('Enter');
  const last = page.getByRole('region', { name: 'Last booking' });
  await last.getByText('Hand over now: Espresso. 0 stamps left.').waitFor();
  await undo.press('Enter');
  await page.getByText(BACK).waitFor();
  assert.equal(await balanceOf(made), 3);

  await byCode(opened, made);
  await refused(opened, made);
  await context.close();
  await alone(browser, width, made);
  await call('updateLoyaltyProgram', { programId: made.program.programId, isActive: false });
}

/** The customer shows the code of a reward, and takes it back: the code is over. */
async function byCode(opened, made) {
  const { page } = opened;
  const { rewardCode } = await call('reserveLoyaltyPoints', { ...made.ids, rewardId: made.rewardId });
  const field = page.getByLabel('Code of the reward');
  await field.fill(rewardCode);
  await field.press('Enter');
  await page.getByText('Hand over now: Espresso.', { exact: true }).waitFor();
  await page.getByText(GIVES).waitFor();
  await check(opened, 'till-hand-out-code');
  await field.fill(rewardCode);
  await field.press('Enter');
  await page.getByText('This code was used already. Do not hand anything out.').waitFor();
  await page.getByText(GIVES).waitFor(); // It stays possible.
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByText(BACK).waitFor();
  assert.equal(await balanceOf(made), 3);
  await field.fill(rewardCode);
  await field.press('Enter');
  await page.getByText('This reward was cancelled. The points are back on the card.').waitFor();
}

/** Something was booked since: it says so, and offers nothing that is refused again. */
async function refused(opened, made) {
  const { page } = opened;
  await find(page, made);
  await redeem(page);
  await call('addLoyaltyPoints', { ...made.ids, points: 1 });
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByText('Something was booked for this customer afterwards. A manager can correct the balance.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
  await check(opened, 'till-hand-out-refused');
  await call('addLoyaltyPoints', { ...made.ids, points: 2 });
}

/** The first thing that happens at a till, in German. */
async function alone(browser, width, made) {
  const opened = await open(browser, { width, language: 'de-DE', dark: true });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/till`);
  await signIn(page, facts.signIns.manager, GERMAN);
  await page.getByLabel('Code, E-Mail oder Telefon').fill(made.code);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Gerda Kern' }).waitFor();
  await choose(page, made.program, 'Programm');
  await page.getByRole('button', { name: 'Für 3 Stempel einlösen' }).press('Enter');
  await page.getByRole('button', { name: 'Ja, einlösen' }).press('Enter');
  await page.getByText('Jetzt über die Theke: Espresso. Noch 0 Stempel.').waitFor();
  await page.getByRole('button', { name: 'Anderer Kunde' }).press('Enter');
  await page.getByRole('region', { name: 'Letzte Prämie' }).getByText('Gerda Kern').waitFor();
  await check(opened, 'till-hand-out-last');
  await page.getByRole('button', { name: 'Rückgängig machen' }).press('Enter');
  await page.getByText('3 Stempel zurückgegeben, jetzt 3 von 3 Stempeln. Nicht eingelöst: Espresso.').waitFor();
  await check(opened, 'till-hand-out-last-undone');
  assert.equal(await balanceOf(made), 3);
  await context.close();
}
