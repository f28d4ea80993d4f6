/** Answers that come late or in another order: what was asked for last counts, and nothing that was typed or tapped is lost. */

import assert from 'node:assert/strict';
import { call, facts, open, run } from '../browser.mjs';
import { answer, hold } from '../hold.mjs';
import { AMOUNT, choose, till, WHO } from './counter.mjs';
import { bookings, makeMember } from './customers.mjs';
import { signIn } from './staff.mjs';

await run(async (browser) => {
  const member = await makeMember({ firstName: 'Erna', lastName: 'Zuerst' });
  const other = await makeMember({ firstName: 'Ludo', lastName: 'Danach' });
  await atTheTill(browser, member, other);
  await onTheMember(browser, member);
  await searched(browser, member, other);
  await saved(browser);
});

async function atTheTill(browser, member, other) {
  const { page, context, problems } = await till(browser);

  // Who is typed before the first one is found takes their place, in the field and on the page.
  const identified = await hold(page, 'identifyMember');
  const who = page.getByLabel(WHO);
  await who.fill(member.customerNumber);
  await page.keyboard.press('Enter');
  const first = await identified();
  await page.keyboard.type(other.customerNumber);
  assert.equal(await who.inputValue(), other.customerNumber);
  await page.keyboard.press('Enter');
  const second = await identified();
  await answer(page, first);
  assert.equal(await page.getByRole('heading', { name: 'Erna Zuerst' }).count(), 0);
  await answer(page, second);
  await page.getByRole('heading', { name: 'Ludo Danach' }).waitFor();
  await page.unroute('**/identifyMember');

  // The customer stays until it is known what became of the booking.
  const booked = await hold(page, 'addLoyaltyPoints');
  await choose(page, other.program);
  await page.getByLabel(AMOUNT).fill('12.50');
  await page.keyboard.press('Enter');
  const booking = await booked();
  await page.getByRole('button', { name: 'Another customer', disabled: true }).click({ force: true });
  await page.getByRole('heading', { name: 'Ludo Danach' }).waitFor();
  await answer(page, booking);
  await page.getByText(/ for Ludo Danach\./).waitFor();
  assert.equal((await bookings(other)).length, 1);

  // A code that is read while another one is used waits in the field.
  const { programId, rewards } = member.program;
  const reward = rewards.find((each) => each.isActive && !each.requiredTier && each.requiredPoints <= 1000);
  const reserve = async ({ userId }) =>
    (await call('reserveLoyaltyPoints', { programId, userId, rewardId: reward.rewardId })).rewardCode;
  const codes = [await reserve(member), await reserve(other)];
  const used = await hold(page, 'useRewardCode');
  const field = page.getByLabel('Code of the reward');
  await field.fill(codes[0]);
  await page.keyboard.press('Enter');
  const using = await used();
  await page.keyboard.type(codes[1]);
  await page.keyboard.press('Enter');
  await answer(page, using);
  await page.getByText(`Hand over now: ${reward.title}.`).waitFor();
  assert.equal(await field.inputValue(), codes[1]);
  await page.keyboard.press('Enter');
  await answer(page, await used());
  await page.waitForFunction((label) => document.querySelector(`[id="${label}"]`).value === '', await field.getAttribute('id'));

  assert.deepEqual(problems, []);
  await context.close();
}

/** What was booked is in the history, though the history before was still being read. */
async function onTheMember(browser, member) {
  const { page, context, problems } = await open(browser);
  const read = await hold(page, 'getLoyaltyTransactions');
  await page.goto(`${facts.urls.console}/members/${member.userId}`);
  await signIn(page, facts.signIns.manager);
  const before = await read();
  await page.locator('summary', { hasText: 'Correct the balance' }).click();
  await page.getByLabel(/^How much/).fill('7');
  await page.getByLabel('Reason').first().fill('Counted again');
  await page.keyboard.press('Enter');
  await answer(page, await read());
  await page.getByText('Corrected: Counted again').waitFor();
  await answer(page, before);
  assert.equal(await page.getByText('Corrected: Counted again').count(), 1);
  assert.deepEqual(problems, []);
  await context.close();
}

/** Who searches again before the answer is there goes to whom they meant, and who has gone on is left where they are. */
async function searched(browser, member, other) {
  const { page, context, problems } = await open(browser);
  await page.goto(`${facts.urls.console}/members`);
  await signIn(page, facts.signIns.manager);
  const who = page.getByLabel('Name, e-mail, phone, code or customer number');
  await who.waitFor();
  const identified = await hold(page, 'identifyMember');
  await who.fill(member.customerNumber);
  await page.keyboard.press('Enter');
  const first = await identified();
  await who.fill(other.customerNumber);
  await page.keyboard.press('Enter');
  const second = await identified();
  await answer(page, first);
  assert.equal(new URL(page.url()).pathname, '/console/members');
  await answer(page, second);
  await page.getByRole('heading', { name: 'Ludo Danach' }).waitFor();

  await page.getByRole('link', { name: 'Members' }).first().click();
  await who.fill(member.customerNumber);
  await page.keyboard.press('Enter');
  const third = await identified();
  await page.getByRole('link', { name: 'Staff' }).click();
  await page.getByRole('heading', { name: 'Staff', level: 1 }).waitFor();
  await answer(page, third);
  assert.equal(new URL(page.url()).pathname, '/console/staff');
  assert.deepEqual(problems, []);
  await context.close();
}

/** What is saved is told once the page has it: who opens the form again finds what they have saved. */
async function saved(browser) {
  const { programId } = await call('createLoyaltyProgram', {
    storeId: facts.storeId,
    programName: 'Late card',
    programType: 'points',
    rules: { pointsPerEuro: 1 },
    isActive: false,
  });
  const { page, context, problems } = await open(browser);
  await page.goto(`${facts.urls.console}/programs/${programId}/card`);
  await signIn(page, facts.signIns.manager);
  const points = page.getByLabel('Points for each €1');
  await points.fill('3');
  const read = await hold(page, 'getLoyaltyProgram*');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  const reading = await read();
  assert.equal(await page.getByText('Saved.', { exact: true }).count(), 0);
  await answer(page, reading);
  await page.getByText('Saved.', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Overview' }).press('Enter');
  await page.getByRole('link', { name: 'Card and rules' }).press('Enter');
  assert.equal(await points.inputValue(), '3');
  assert.deepEqual(problems, []);
  await context.close();
}
