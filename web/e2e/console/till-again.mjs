/** One purchase on two cards, without finding the customer again; and what a campaign gave of it. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { AMOUNT, book, choose, WHO } from './counter.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

/** Make three programs that no other flow looks at, and a member of the first two. */
async function situation() {
  const { storeId } = facts;
  const name = randomUUID().slice(0, 8);
  const make = async (programName, pointsPerEuro) => {
    const body = { storeId, programName, programType: 'points', rules: { pointsPerEuro }, isActive: true };
    return { programName, ...(await call('createLoyaltyProgram', body)) };
  };
  const programs = [await make(`Erste ${name}`, 10), await make(`Zweite ${name}`, 1), await make(`Dritte ${name}`, 1)];
  const [first, second] = programs;
  const campaign = { name: 'Herbst', startsAt: '2026-01-01T00:00:00Z', multiplier: 2 };
  await call('createCampaign', { programId: first.programId, ...campaign });
  const userId = `again-${randomUUID()}`;
  await call('createMember', { userId, firstName: 'Rosa', lastName: 'Kern' });
  for (const { programId } of [first, second]) await call('enrollInLoyaltyProgram', { programId, userId });
  const { code } = await call('getMemberCode', { storeId, userId });
  return { programs, userId, code };
}

async function flow(browser, width) {
  const { programs, userId, code } = await situation();
  const [first, second, third] = programs;
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/till`);
  await signIn(page, facts.signIns.manager);
  await page.getByLabel(WHO).waitFor();

  await book(page, code, '12.90', first);
  await page.getByText('258 points for Rosa Kern.').waitFor();
  await page.getByText(`€12.90 · ${first.programName}`).waitFor();
  await page.getByText('129 points of it by the campaign “Herbst”.').waitFor();
  await check(opened, 'till-campaign');

  // The other card of the customer comes by itself; of a third program there is none.
  await page.getByRole('button', { name: 'Same purchase on another card' }).press('Enter');
  await page.getByRole('heading', { name: 'Rosa Kern' }).waitFor();
  assert.equal(await page.getByLabel(AMOUNT).inputValue(), '12.90');
  const choice = page.getByLabel('Program');
  const has = (id) => page.waitForFunction((value) => document.querySelector('select')?.value === value, id);
  await choice.locator('optgroup').waitFor({ state: 'attached' });
  assert.equal(await choice.locator(`option[value="${first.programId}"]`).count(), 0);
  await has(second.programId);
  await choice.selectOption(third.programId);
  await page.getByText('This customer has no card of this program yet.').waitFor();
  await check(opened, 'till-no-card');
  await page.getByRole('button', { name: 'Give a card' }).waitFor();
  await choice.selectOption(second.programId);
  await page.getByText('This customer has no card of this program yet.').waitFor({ state: 'detached' });
  await page.getByLabel(AMOUNT).press('Enter');
  await page.getByText('12 points for Rosa Kern.').waitFor();
  await page.getByText(`€12.90 · ${second.programName}`).waitFor();
  const balance = async ({ programId }) => (await call('getCustomerBalance', { programId, userId })).currentBalance;
  assert.deepEqual([await balance(first), await balance(second)], [258, 12]);

  // Of the third program the customer gets a card here, and the purchase goes on.
  await page.getByRole('button', { name: 'Same purchase on another card' }).press('Enter');
  await page.getByRole('button', { name: 'Give a card' }).waitFor(); // Nothing else is left, or the first one of the others.
  await choice.or(page.getByText(/^Program: /)).waitFor();
  await choose(page, third);
  await page.getByRole('button', { name: 'Give a card' }).press('Enter');
  await page.getByText('This customer has no card of this program yet.').waitFor({ state: 'detached' });
  await page.getByLabel(AMOUNT).press('Enter');
  await page.getByText(`€12.90 · ${third.programName}`).waitFor();
  assert.equal(await balance(third), 12);
  for (const { programId } of programs) await call('updateLoyaltyProgram', { programId, isActive: false });
  await context.close();
}
