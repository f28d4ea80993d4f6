/** Who has the card on the phone stays, whosever page it is: else the phone would show no card. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { join, makeGuest } from '../guests.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

/** Make somebody whom a till knows, and open the question about them and a guest. */
async function ask({ page }, guest, name) {
  const userId = `merge-${randomUUID()}`;
  await call('createMember', { userId, firstName: name });
  await page.goto(`${facts.urls.console}/members/${userId}`);
  await page.getByText('Merge with another member').press('Enter');
  const part = page.locator('section', { has: page.getByRole('heading', { name: 'Is this person there twice?' }) });
  await part.getByRole('textbox').fill(guest.email);
  return { userId, part };
}

async function flow(browser, width) {
  const { storeId } = facts;
  const rules = { pointsPerEuro: 1 };
  const programName = `Twice ${randomUUID().slice(0, 8)}`;
  const body = { storeId, programName, programType: 'points', rules, isActive: true };
  const { programId } = await call('createLoyaltyProgram', body);
  const [guest, second] = [await makeGuest(), await makeGuest()];
  for (const each of [guest, second]) await join(each, programId);
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/members`);
  await signIn(page, facts.signIns.owner);
  await page.getByRole('heading', { name: 'Members' }).waitFor();

  const { userId, part } = await ask(opened, guest, 'Tilla');
  // Booked after the page was read: the question shows what is there now.
  await call('enrollInLoyaltyProgram', { programId, userId });
  await call('addLoyaltyPoints', { programId, userId, points: 7 });
  await page.keyboard.press('Enter');
  const customer = part.getByRole('radio', { name: guest.email });
  await customer.waitFor();
  assert.ok(await customer.isChecked());
  assert.ok(await part.getByRole('radio', { name: 'Tilla' }).isDisabled());
  await part.getByText(`${programName}: 7 points`).waitFor();
  await check(opened, 'merge-customer');
  await part.getByRole('button', { name: 'Merge both' }).press('Enter');
  await page.waitForURL(`**/members/${guest.userId}`);
  const { member, memberships } = await call('getMember', { userId });
  assert.deepEqual([member.userId, memberships[0].currentBalance], [guest.userId, 7]);

  // Of two who sign in one sees no card any more, and the page says which.
  await page.getByText('Merge with another member').press('Enter');
  await part.getByRole('textbox').fill(second.email);
  await page.keyboard.press('Enter');
  await part.getByText('has an own sign-in, too.', { exact: false }).waitFor();
  await check(opened, 'merge-two-customers');
  await call('updateLoyaltyProgram', { programId, isActive: false });
  await context.close();
}
