/** A new member with a card and fields of one's own; a redemption given back; a stale page; a closed program. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

const FIELDS = [
  { name: 'shoeSize', label: 'Shoe size', type: 'number' },
  { name: 'pet', label: 'Pet', type: 'choice', options: ['cat', 'dog'] },
];
const someName = () => randomBytes(6).toString('hex').replace(/[0-9]/g, (digit) => 'ghijklmnop'[digit]);

async function prepare() {
  const { customFields } = await call('configureMembers', {});
  const missing = FIELDS.filter((each) => !customFields.some(({ name }) => name === each.name));
  if (missing.length) await call('configureMembers', { customFields: [...customFields, ...missing] });
  const programName = `Tea club ${someName()}`;
  const program = { programName, programType: 'points', isActive: true, rules: { pointsPerEuro: 1 } };
  const { programId } = await call('createLoyaltyProgram', { ...program, storeId: facts.storeId });
  return { programId, programName };
}

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

async function flow(browser, width) {
  const { programId, programName } = await prepare();
  const family = someName();
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/members`);
  await signIn(page, facts.signIns.owner);
  const userId = await create(opened, family, programName);
  const card = page.locator('section', { has: page.getByRole('heading', { name: programName }) });
  await giveBack(opened, card, { programId, userId });
  await staleBalance(opened, card, { programId, userId });
  await ownFields(opened, userId);

  await call('updateLoyaltyProgram', { programId, isActive: false });
  await page.reload();
  await card.getByText('This program is closed', { exact: false }).waitFor();
  await card.getByText('25 points').first().waitFor();
  await check(opened, 'cards-closed');
  await context.close();
  await german(browser, width, userId, programName);
  await defineFields(browser, width);
}

async function create({ page, ...opened }, family, programName) {
  await page.getByRole('button', { name: 'New member' }).press('Enter');
  await page.getByRole('button', { name: 'Make the member' }).press('Enter');
  await page.getByText('Type a name, or something by which', { exact: false }).waitFor();
  await page.getByLabel('First name').fill('Ada');
  await page.getByLabel('Last name').fill(family);
  await page.getByLabel('E-mail', { exact: true }).fill('ada');
  await page.getByLabel('Shoe size').fill('forty');
  await page.getByLabel(programName).check();
  await page.getByRole('button', { name: 'Make the member' }).press('Enter');
  await page.getByText('This is no number.').waitFor();
  await page.getByLabel('Shoe size').fill('41.5');
  await page.getByRole('button', { name: 'Make the member' }).press('Enter');
  await page.getByText('This is no e-mail address. Write it like ada@example.com.').waitFor();
  await check({ page, ...opened }, 'cards-new-member');
  assert.deepEqual((await call('listMembers', { name: family })).members, []);
  await page.getByLabel('E-mail', { exact: true }).fill(`${family}@example.com`);
  await page.getByRole('button', { name: 'Make the member' }).press('Enter');
  await page.getByRole('heading', { name: `Ada ${family}`, level: 1 }).waitFor();
  await page.getByRole('heading', { name: programName }).waitFor();
  await page.getByText('41.5').waitFor();
  const [member] = (await call('listMembers', { name: family })).members;
  assert.equal(member.customFields.shoeSize, 41.5);
  return member.userId;
}

async function giveBack({ page, ...opened }, card, { programId, userId }) {
  await call('addLoyaltyPoints', { programId, userId, points: 30, description: 'Tea' });
  const done = await call('redeemLoyaltyPoints', { programId, userId, points: 10, rewardDescription: 'Scone' });
  await page.reload();
  await card.getByRole('button', { name: 'Give back' }).press('Enter');
  await card.getByText('Scone: give 10 points back to the card?', { exact: false }).waitFor();
  await card.getByRole('button', { name: 'Give it back' }).press('Enter');
  await card.getByText('Say why.').waitFor();
  await check({ page, ...opened }, 'cards-give-back');
  await card.getByLabel('Reason').last().fill('Sold out');
  await page.keyboard.press('Enter');
  await card.getByText('10 points are back on the card. Now 30 points.').waitFor();
  await card.getByText('Given back.', { exact: true }).waitFor();
  await card.getByText('Given back: Sold out').waitFor();
  assert.equal(await card.getByRole('button', { name: 'Give back' }).count(), 0);
  const { redemption } = await call('getRedemption', { programId, userId, redemptionId: done.entryId ?? done.redemptionId });
  assert.deepEqual([redemption.status, redemption.cancelReason], ['cancelled', 'Sold out']);
}

/** The till spends meanwhile what the page still shows: the refusal brings the balance of now. */
async function staleBalance({ page, ...opened }, card, { programId, userId }) {
  await call('redeemLoyaltyPoints', { programId, userId, points: 5, rewardDescription: 'Biscuit' });
  await card.locator('summary', { hasText: 'Correct the balance' }).press('Enter');
  await card.getByLabel('Take away').check();
  await card.getByLabel(/^How much/).fill('30');
  await card.getByLabel('Reason').fill('Moved');
  await page.keyboard.press('Enter');
  await card.getByText('The balance is not enough for that.').waitFor();
  await card.locator('dd', { hasText: '25 points' }).first().waitFor();
  await card.getByText('Redeemed: Biscuit').waitFor();
  await check({ page, ...opened }, 'cards-stale');
}

async function ownFields({ page }, userId) {
  await page.getByRole('button', { name: 'Change the profile' }).press('Enter');
  await page.getByLabel('Pet').selectOption('dog');
  await page.getByLabel('Shoe size').fill('');
  await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
  await page.getByText('The profile is saved.').waitFor();
  const { member } = await call('getMember', { userId });
  assert.deepEqual([member.customFields.pet, member.customFields.shoeSize ?? null], ['dog', null]);
}

/** A manager sees the card of the closed program, too, and the values of the account's own fields. */
async function german(browser, width, userId, programName) {
  const opened = await open(browser, { width, language: 'de-DE', dark: true });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/members/${userId}`);
  await signIn(page, facts.signIns.manager, GERMAN);
  await page.getByRole('heading', { name: programName }).waitFor();
  await page.getByText('Dieses Programm ist geschlossen', { exact: false }).waitFor();
  await page.getByText('dog').waitFor();
  await page.getByRole('button', { name: 'Zurückgeben' }).first().press('Enter');
  await page.getByText('Biscuit: 5 Punkte auf die Karte zurückgeben?', { exact: false }).waitFor();
  await check(opened, 'cards-german');
  await page.getByRole('link', { name: 'Alle Mitglieder' }).click();
  await page.getByRole('button', { name: 'Neues Mitglied' }).press('Enter');
  await page.getByLabel('Vorname').waitFor();
  await check(opened, 'cards-new-german');
  await context.close();
}

/** An owner adds a field, calls it something else, and takes it away again. */
async function defineFields(browser, width) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  const label = `Bun ${someName()}`;
  const row = page.getByRole('listitem').filter({ hasText: label });
  await page.goto(`${facts.urls.console}/members`);
  await signIn(page, facts.signIns.owner);
  await page.getByRole('link', { name: 'Your own fields' }).press('Enter');
  await page.getByRole('button', { name: 'Add a field' }).press('Enter');
  await page.getByLabel('What it holds').selectOption('One of several');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await page.getByText('Give it a name.').waitFor();
  await page.getByText('Write at least two', { exact: false }).waitFor();
  await check(opened, 'fields-empty');
  await page.getByLabel('Name', { exact: true }).fill(label);
  await page.getByLabel('What there is to choose from').fill('poppy\nplain\n\nplain');
  await page.getByLabel('Customers may change it themselves').check();
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await row.getByText('poppy, plain · customers may change it').waitFor();
  await check(opened, 'fields');
  await row.getByRole('button', { name: 'Change' }).press('Enter');
  await page.getByLabel('Name', { exact: true }).fill(`${label} 2`);
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await row.getByText(`${label} 2`).waitFor();
  const { customFields } = await call('configureMembers', {});
  const made = customFields.find((each) => each.label === `${label} 2`);
  assert.deepEqual([made.type, made.options, made.editableBy], ['choice', ['poppy', 'plain'], 'customer']);
  await row.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Remove it' }).press('Enter');
  await page.getByText(`${label} 2 is removed.`).waitFor();
  await row.waitFor({ state: 'detached' });
  await context.close();
}
