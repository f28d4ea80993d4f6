/** A manager finds a member, corrects the balance, suspends and lets the person come back. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { check, SECTIONS, signIn, WIDTHS } from './staff.mjs';

async function makeMember() {
  const { programs } = await call('getLoyaltyPrograms', { storeId: facts.storeId });
  const program = programs.find((each) => each.programType === 'points');
  const userId = `member-${randomUUID()}`;
  const email = `${userId}@example.com`;
  await call('createMember', { userId, email, firstName: 'Mila', lastName: 'Brandt' });
  await call('enrollInLoyaltyProgram', { programId: program.programId, userId });
  await call('addLoyaltyPoints', { programId: program.programId, userId, points: 40, description: 'Breakfast' });
  return { userId, email, program };
}

const standing = async (userId) => (await call('getMember', { userId })).memberships[0].status;

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

async function flow(browser, width) {
  const member = await makeMember();
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/members`);
  await signIn(page, facts.signIns.manager);
  const pages = page.getByRole('navigation');
  await page.getByRole('link', { name: 'Mila Brandt' }).first().waitFor();
  assert.deepEqual(await pages.getByRole('link').allInnerTexts(), SECTIONS.manager);
  await check(opened, 'members');

  const who = page.getByLabel('Name, e-mail, phone, code or customer number');
  const alone = page.getByText('an e-mail address finds somebody only as a whole', { exact: false });
  await who.fill(member.email.slice(0, -9)); // Its beginning, which is no address.
  await page.keyboard.press('Enter');
  await alone.waitFor();
  await check(opened, 'members-nobody');
  await who.fill('xqzv');
  await page.keyboard.press('Enter');
  await page.getByText('only names are found by their beginnings', { exact: false }).waitFor();
  await who.fill('nobody@example.com');
  await page.keyboard.press('Enter');
  await alone.waitFor();
  await who.fill(member.email);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Mila Brandt' }).waitFor();
  await page.getByText('Earned: Breakfast').waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  await check(opened, 'member');

  const card = page.locator('section', { has: page.getByRole('heading', { name: member.program.programName }) });
  await card.locator('summary', { hasText: 'Correct the balance' }).press('Enter');
  await card.getByRole('button', { name: 'Book the correction' }).press('Enter');
  await card.getByText('Say why.').waitFor();
  await check(opened, 'member-adjust-empty');
  // What is far above what is on the card is asked for, and shown as understood.
  await card.getByLabel(/^How much/).fill('12900');
  await card.getByText('12,900 points', { exact: true }).waitFor();
  await card.getByLabel('Reason').fill('Booked twice');
  await page.keyboard.press('Enter');
  const mistyped = card.getByRole('group', { name: '12,900 points: that is far more than is on the card. Is the amount right?' });
  await mistyped.getByText(/^Now: .+ Then: .+ points\.$/).waitFor();
  await check(opened, 'member-adjust-asked');
  await mistyped.getByRole('button', { name: 'Change the amount' }).press('Enter');
  await mistyped.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.getAttribute('inputmode') === 'numeric');
  await card.getByLabel('Take away').check();
  await card.getByLabel(/^How much/).fill('15');
  await card.getByLabel('Reason').fill('Booked twice');
  await page.keyboard.press('Enter');
  await card.getByText('Corrected. Now').waitFor();
  await card.getByText(/Corrected: Booked twice/).waitFor();
  await check(opened, 'member-adjusted');

  const suspension = page.locator('section', { has: page.getByRole('heading', { name: 'Suspend' }) });
  await suspension.getByLabel('Reason').fill('Card was stolen');
  await page.keyboard.press('Enter');
  const lifting = page.locator('section', { has: page.getByRole('heading', { name: 'Lift the suspension' }) });
  await lifting.waitFor();
  assert.equal(await standing(member.userId), 'suspended');
  await check(opened, 'member-suspended');
  await lifting.getByLabel('Reason').fill('Card was found');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Suspend' }).waitFor();
  assert.equal(await standing(member.userId), 'active');
  await context.close();

  await withoutRole(browser, width);
}

/** Who is only a customer has no page here, and is told so. */
async function withoutRole(browser, width) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(facts.urls.console);
  await signIn(page, facts.signIns.customer);
  await page.getByText('Nobody has given you a role in a shop yet.').waitFor();
  await check(opened, 'console-no-role');
  await context.close();
}
