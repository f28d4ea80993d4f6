/** An owner invites somebody by e-mail, who opens the mailed link, accepts, and works at the till; then the role ends. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { check, mailedLink, signIn, WIDTHS } from './staff.mjs';

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

async function flow(browser, width) {
  const email = `lena-${randomUUID()}@example.com`;
  const name = `Lena ${email.slice(5, 10)}`; // Of this run: the demo account is that of many.
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/staff`);
  await signIn(page, facts.signIns.owner);
  const people = page.getByRole('region', { name: 'Who works here' });
  await people.getByText('you · all stores').waitFor();

  const invite = page.getByRole('region', { name: 'Invite somebody' });
  await invite.getByRole('button', { name: 'Invite' }).press('Enter');
  await invite.getByText('Say who it is.').waitFor();
  await check(opened, 'staff-invite-empty');
  await invite.getByLabel('Name').fill(`${name}, till 2`);
  await invite.getByLabel('E-mail address').fill(email.toUpperCase());
  await page.keyboard.press('Enter');
  await invite.getByText(/We have mailed a link to/).waitFor();
  const waiting = page.getByRole('region', { name: 'Invited' });
  await waiting.getByText(`${name}, till 2`).first().waitFor();
  await check(opened, 'staff-invited');

  await accepted(browser, width, email); // The page of the owner sees it by itself.
  const lena = people.getByRole('listitem').filter({ hasText: `${name}, till 2` });
  await lena.getByText('Change').press('Enter');
  await lena.getByLabel('Name').fill(name);
  await lena.getByRole('button', { name: 'Save' }).press('Enter');
  await page.getByText(`${name} is changed.`).waitFor();
  await check(opened, 'staff');
  const changed = people.getByRole('listitem').filter({ hasText: name });
  await changed.getByText('Change').press('Enter');
  await changed.getByRole('button', { name: 'Pause' }).press('Enter');
  await people.getByText('Paused: cannot do anything here for now.').waitFor();
  await changed.getByText('Change').press('Enter');
  await changed.getByRole('button', { name: 'Remove' }).press('Enter');
  await changed.getByRole('group', { name: `Remove ${name}? What was booked stays.` }).getByRole('button', { name: 'Remove' }).waitFor();
  await check(opened, 'staff-remove');
  await changed.getByRole('group', { name: `Remove ${name}? What was booked stays.` }).getByRole('button', { name: 'Remove' }).press('Enter');
  await page.getByText(`${name} does not work here any more.`).waitFor();

  await withdrawn(page, waiting);
  await context.close();
  await byManager(browser, width);
}

/** On a device of her own, Lena opens the mail: it asks for her address, as this browser has not asked for the link. */
async function accepted(browser, width, email) {
  const opened = await open(browser, { width, dark: width > 400 });
  const { page, context } = opened;
  await page.goto(await mailedLink(email));
  await page.getByLabel('To which address did you get the link?').fill(email);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Invitation', level: 1 }).waitFor();
  const invited = page.getByRole('region', { name: 'Demo PRIME' });
  await invited.getByText('has invited you to work there. Your role: Cashier.').waitFor();
  assert.equal(await page.getByText('Nobody has given you a role').count(), 0);
  await check(opened, 'invited');
  await invited.getByRole('button', { name: 'Accept' }).press('Enter');
  await page.getByRole('heading', { name: 'Till', level: 1 }).waitFor();
  assert.equal(await invited.count(), 0);
  assert.deepEqual(await page.getByRole('navigation').getByRole('link').allInnerTexts(), ['Till']);
  await context.close();
}

async function withdrawn(page, waiting) {
  const email = `max-${randomUUID()}@example.com`;
  await call('inviteStaffMember', { email, role: 'owner', label: 'Max' });
  await page.reload();
  const max = waiting.getByRole('listitem').filter({ hasText: email });
  await max.getByText('all stores').waitFor();
  await max.getByRole('button', { name: 'Withdraw' }).press('Enter');
  await max.getByRole('group').getByRole('button', { name: 'Withdraw' }).press('Enter');
  await page.getByText(`${email} is not invited any more.`).waitFor();
  const { invitations } = await call('listStaffInvitations', {});
  assert.equal(invitations.filter((each) => each.email === email).length, 0);
}

/** A manager gives the role of a cashier alone, and changes nobody else. */
async function byManager(browser, width) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/staff`);
  await signIn(page, facts.signIns.manager);
  const invite = page.getByRole('region', { name: 'Invite somebody' });
  await invite.waitFor();
  assert.equal(await invite.getByRole('radio').count(), 1);
  const owner = page.getByRole('listitem').filter({ hasText: 'Owner' }).first();
  assert.equal(await owner.getByText('Change').count(), 0);
  const { width: long, height } = await page.getByRole('switch', { name: 'Test mode' }).boundingBox();
  assert.ok(long > height, 'the switch looks as on each page');
  await check(opened, 'staff-manager');
  await context.close();
}
