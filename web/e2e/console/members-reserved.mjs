/** A member's page says what is reserved and frees it, and says what became of each redemption. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { check, GERMAN, makePerson, signIn, WIDTHS } from './staff.mjs';

const REWARD = { rewardId: 'rw_flat_white', title: 'Flat white', type: 'custom', requiredPoints: 80 };

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

async function flow(browser, width) {
  const member = await prepare();
  const held = await reserve(member);
  const made = await redeem(member);
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/members/${member.userId}`);
  await signIn(page, facts.signIns.manager);
  const card = page.locator('section.panel', { has: page.getByRole('heading', { name: member.programName }) });
  await showsRedemptions(card, made);
  const rows = card.getByRole('region', { name: 'Reserved' }).getByRole('listitem');
  await freesReward(opened, card, rows, member, held);
  await wasQuicker(opened, card, rows, member, held);
  await cancelsPurchase(opened, card, rows, member, held);
  await context.close();
  await developerReads(browser, width, member);
  await call('updateLoyaltyProgram', { programId: member.programId, isActive: false }); // Other flows count open ones.
}

/** A member with 1000 points, of which each pays 5 cents, and who can sign in. */
async function prepare() {
  const { storeId } = facts;
  const programName = `Roastery ${randomUUID().slice(0, 8)}`;
  const program = { programName, programType: 'points', isActive: true, pointValue: 0.05, rewards: [REWARD] };
  const { programId } = await call('createLoyaltyProgram', { storeId, ...program, rules: { pointsPerEuro: 1 } });
  const { userId, email, password } = await makePerson('reserving');
  await call('createMember', { userId, firstName: 'Rosa', lastName: 'Lind' });
  await call('enrollInLoyaltyProgram', { programId, userId });
  await call('addLoyaltyPoints', { programId, userId, points: 1000, description: 'Breakfast' });
  return { programId, programName, userId, email, password };
}

/** The customer holds a reward, a till a payment, and a purchase by phone is not paid yet. */
async function reserve({ programId, userId, email, password }) {
  const ids = { programId, userId };
  const reward = await asCustomer({ email, password }, 'reserveLoyaltyPoints', { ...ids, rewardId: REWARD.rewardId });
  const till = await call('reserveLoyaltyPoints', { ...ids, amount: 5, transactionId: `bon-${randomUUID().slice(0, 8)}` });
  const purchase = await call('startCheckout', {
    storeId: facts.storeId,
    userId,
    orderReference: `basket-${randomUUID().slice(0, 8)}`,
    items: [{ name: 'Beans', priceUnit: 1890, quantity: 1 }],
    loyaltyPayment: { programId, amount: 300 },
  });
  return { reward, till, purchase };
}

async function redeem({ programId, userId }) {
  const bought = { programId, userId, points: REWARD.requiredPoints, rewardId: REWARD.rewardId };
  const used = await call('redeemLoyaltyPoints', bought);
  await call('useRewardCode', { storeId: facts.storeId, rewardCode: used.rewardCode, usedBy: 'till 2' });
  const unused = await call('redeemLoyaltyPoints', bought);
  return { used, unused };
}

async function asCustomer(person, action, body) {
  const url = `http://${facts.authHost}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=any`;
  const headers = { 'Content-Type': 'application/json' };
  const signedIn = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ ...person, returnSecureToken: true }) });
  const { idToken } = await signedIn.json();
  const answer = await fetch(`${facts.baseUrl}/${action}`, {
    method: 'POST',
    headers: { ...headers, Authorization: `Bearer ${idToken}`, Connection: 'close' },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(told));
  return told;
}

/** Only what was not handed out offers to give back. */
async function showsRedemptions(card, { used, unused }) {
  const handedOut = card.getByRole('listitem').filter({ hasText: /Handed out: .*, till 2\./ });
  await handedOut.waitFor();
  const open = card.getByRole('listitem').filter({ hasText: `Not handed out yet.Code ${unused.rewardCode}` });
  await open.getByRole('button', { name: 'Give back' }).waitFor();
  const paying = card.getByRole('listitem').filter({ hasText: 'Pays €3.00 of a purchase by phone that is not paid yet' });
  await paying.waitFor();
  assert.equal(await handedOut.getByRole('button').count(), 0);
  assert.equal(await paying.getByRole('button').count(), 0);
  assert.equal(await card.getByText(used.rewardCode, { exact: false }).count(), 0);
}

async function freesReward(opened, card, rows, { programId, userId }, { reward }) {
  const row = rows.filter({ hasText: REWARD.title });
  await row.getByText('by the customer · since', { exact: false }).waitFor();
  await row.getByText(`Code ${reward.rewardCode}`, { exact: true }).waitFor();
  await rows.filter({ hasText: 'Purchase by phone, not paid yet' }).waitFor();
  assert.equal(await rows.count(), 3);
  await check(opened, 'members-reserved');
  await row.getByRole('button', { name: 'Free it' }).press('Enter');
  await row.getByText('Free 80 points?').waitFor();
  await row.getByText(`The code ${reward.rewardCode} cannot be used any more then.`, { exact: false }).waitFor();
  await check(opened, 'members-reserved-free');
  await row.getByRole('button', { name: 'Free it now' }).press('Enter');
  await card.getByText('80 points can be spent again.').waitFor();
  await row.waitFor({ state: 'detached' });
  const { heldBalance } = await call('getCustomerBalance', { programId, userId });
  assert.equal(heldBalance, 100);
}

/** The till commits while the page still shows it as reserved. */
async function wasQuicker(opened, card, rows, { programId, userId }, { till }) {
  const row = rows.filter({ hasText: `Payment at the till: ${till.transactionId}` });
  await row.getByText('pays €5.00', { exact: false }).waitFor();
  await row.getByRole('button', { name: 'Free it' }).press('Enter');
  await row.getByText('A till that is just taking this payment', { exact: false }).waitFor();
  await call('commitLoyaltyRedemption', { programId, userId, reservationId: till.reservationId });
  await row.getByRole('button', { name: 'Free it now' }).press('Enter');
  await card.getByText('Somebody was quicker', { exact: false }).waitFor();
  await row.waitFor({ state: 'detached' });
  await card.getByText('Has paid €5.00.').waitFor();
  await check(opened, 'members-reserved-too-late');
}

async function cancelsPurchase(opened, card, rows, { programId, userId }, { purchase }) {
  const row = rows.filter({ hasText: 'Purchase by phone, not paid yet: basket-' });
  await row.getByText('free by itself at', { exact: false }).waitFor();
  await row.getByRole('button', { name: 'Free it' }).press('Enter');
  await row.getByText('The purchase is cancelled, and with it a payment', { exact: false }).waitFor();
  await check(opened, 'members-reserved-purchase');
  await row.getByRole('button', { name: 'Free it now' }).press('Enter');
  await card.getByText('The purchase is cancelled. 60 points are back on the card.').waitFor();
  await card.getByRole('region', { name: 'Reserved' }).waitFor({ state: 'detached' });
  const { purchase: now } = await call('fetchPurchase', { transactionId: purchase.transactionId });
  const balance = await call('getCustomerBalance', { programId, userId });
  assert.deepEqual([now.status, balance.heldBalance, balance.currentBalance], ['cancelled', 0, 740]);
  await card.locator('dd', { hasText: '740 points' }).waitFor();
  await check(opened, 'members-reserved-none');
}

/** A developer sees the same in German, and no button. */
async function developerReads(browser, width, member) {
  await reserve(member);
  const opened = await open(browser, { width, language: 'de-DE', dark: true });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/members/${member.userId}`);
  await signIn(page, facts.signIns.developer, GERMAN);
  const rows = page.getByRole('region', { name: 'Reserviert' }).getByRole('listitem');
  await rows.filter({ hasText: 'Einkauf am Handy, noch nicht bezahlt' }).waitFor();
  await rows.filter({ hasText: 'vom Kunden · seit' }).waitFor();
  await page.getByText(/Ausgegeben: /).waitFor();
  assert.equal(await rows.getByRole('button').count(), 0);
  await check(opened, 'members-reserved-german');
  await context.close();
}
