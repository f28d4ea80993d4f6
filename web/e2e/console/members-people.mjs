/** People by name, the profile, what a balance is made of, taking back, merging, a copy of the data, erasing. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { call, facts, open, run } from '../browser.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

const PROGRAM = {
  programName: 'Bread club',
  programType: 'points',
  isActive: true,
  rules: { pointsPerEuro: 1 },
  pointsExpiry: { afterDays: 90 },
  transfers: 'merchant',
  rewards: [{ title: 'A roll', requiredPoints: 10, type: 'free_product' }],
};

/** Letters alone: a name that only this run has. */
const someName = () => randomBytes(6).toString('hex').replace(/[0-9]/g, (digit) => 'ghijklmnop'[digit]);

async function makePeople() {
  const { storeId } = facts;
  const { programs } = await call('getLoyaltyPrograms', { storeId });
  const known = programs.find((each) => each.programName === PROGRAM.programName);
  const programId =
    known?.programId ??
    (await call('createLoyaltyProgram', { ...PROGRAM, storeId })).programId;
  const family = `Mül${someName()}`;
  const people = [];
  for (const firstName of ['Anna', 'Änne']) {
    const userId = `people-${randomBytes(6).toString('hex')}`;
    await call('createMember', { userId, firstName, lastName: family, email: `${userId}@example.com` });
    await call('enrollInLoyaltyProgram', { programId, userId });
    await call('addLoyaltyPoints', { programId, userId, purchaseAmount: 40, description: 'Breakfast' });
    people.push(userId);
  }
  return { programId, family, people };
}

const balanceOf = async ({ programId }, userId) =>
  (await call('getMember', { userId })).memberships.find((each) => each.programId === programId).currentBalance;

await run(async (browser) => {
  for (const width of WIDTHS) {
    await flow(browser, width);
    await german(browser, width);
  }
});

async function flow(browser, width) {
  const made = await makePeople();
  const [anna, aenne] = made.people;
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/members`);
  await signIn(page, facts.signIns.owner);

  // Both have the family name, typed as on a foreign keyboard; one has the first name, too.
  const who = page.getByLabel('Name, e-mail, phone, code or customer number');
  await who.fill(made.family.toUpperCase().replace('Ü', 'UE'));
  await page.keyboard.press('Enter');
  await page.getByText('2 people. Choose one.').waitFor();
  await check(opened, 'people-found');
  await who.fill(`${made.family} anna`);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `Anna ${made.family}`, level: 1 }).waitFor();
  const card = page.locator('section', { has: page.getByRole('heading', { name: PROGRAM.programName }) });
  await card.getByText(/^Can be spent until/).waitFor();
  await card.getByText('Earned: Breakfast').waitFor();
  await check(opened, 'people-member');

  await profile(opened, anna, aenne);
  await extend(opened, card);
  await takeBack(opened, card, made, anna);
  await merge(opened, made, anna, aenne);
  await copyAndErase(opened, made, anna);
  await context.close();
}

async function profile(opened, anna, aenne) {
  const { page } = opened;
  await page.getByRole('button', { name: 'Change the profile' }).press('Enter');
  const email = page.getByLabel('E-mail', { exact: true });
  await email.fill(`${aenne}@example.com`);
  await page.keyboard.press('Enter');
  await page.getByText('Another member has this already.').waitFor();
  await check(opened, 'people-profile-taken');
  await email.fill(`${anna}@example.org`);
  await page.getByLabel('Birthday').fill('1990-12-31');
  await page.getByLabel('Wants the newsletter').check();
  await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
  await page.getByText('The profile is saved.').waitFor();
  await page.getByText(`${anna}@example.org`).waitFor();
  const { member } = await call('getMember', { userId: anna });
  assert.deepEqual([member.birthday, member.newsletter.subscribed, member.lastName.slice(0, 2)], ['1990-12-31', true, 'Mü']);
}

async function extend(opened, card) {
  await card.getByText('Let it live longer').press('Enter');
  const inAYear = new Date(Date.now() + 365 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  await card.getByRole('button', { name: 'Extend' }).press('Enter');
  await card.getByText('Choose a day.').waitFor();
  await card.getByLabel('Last day').fill(inAYear);
  await card.locator('form', { has: opened.page.getByLabel('Last day') }).getByLabel('Reason').fill('Shop was closed');
  await card.getByRole('button', { name: 'Extend' }).press('Enter');
  await card.getByText(/^40 points can be spent until/).waitFor();
  await card.getByText('Extended: Shop was closed').waitFor();
  await check(opened, 'people-extended');
  await card.getByText('Let it live longer').press('Enter');
}

/** Somebody else has taken it back meanwhile; and of what was spent only the rest can be taken. */
async function takeBack(opened, card, made, userId) {
  const { programId } = made;
  const button = card.getByRole('button', { name: 'Take back', exact: true });
  await button.press('Enter');
  await card.getByText('Take back 40 points?').waitFor();
  await check(opened, 'people-take-back');
  const { transactions } = await call('getLoyaltyTransactions', { programId, userId, type: 'earn' });
  const { entryId } = transactions[0];
  await call('reverseLoyaltyTransaction', { programId, userId, entryId, refundId: `undo-${entryId}` });
  await card.getByRole('button', { name: 'Take it back' }).press('Enter');
  await card.getByText('Nothing was done now. It was taken back before: 40 points.').waitFor();
  await button.waitFor({ state: 'detached' });
  await card.getByText('Taken back.', { exact: true }).waitFor();
  assert.equal(await balanceOf(made, userId), 0);

  await call('addLoyaltyPoints', { programId, userId, points: 25, description: 'Cake' });
  await call('redeemLoyaltyPoints', { programId, userId, points: 10, rewardDescription: 'Coffee' });
  await opened.page.reload();
  await button.press('Enter');
  await card.getByText('Take back 15 points?').waitFor(); // What can be taken is said before.
  await card.getByText('10 points cannot be taken, except', { exact: false }).waitFor();
  await card.getByText('On the card then: 0 points.').waitFor();
  await check(opened, 'people-take-less');
  await card.getByRole('button', { name: 'Take it back' }).press('Enter');
  await card.getByText(/^15 points taken back. 10 points could not be taken: .*Now 0 points\.$/).waitFor();
  await card.getByText('15 points of it taken back. The rest could not be taken.').waitFor();
  assert.equal(await button.count(), 0);
  await check(opened, 'people-taken-back');
}

async function merge(opened, made, anna, aenne) {
  const { page } = opened;
  await page.getByText('Merge with another member').press('Enter');
  const part = page.locator('section', { has: page.getByRole('heading', { name: 'Is this person there twice?' }) });
  await part.getByRole('searchbox').or(part.getByRole('textbox')).fill(`${made.family} aenne`);
  await page.keyboard.press('Enter');
  await part.getByText(`Everything of Änne ${made.family} goes to Anna ${made.family}`).waitFor();
  await check(opened, 'people-merge');
  await part.getByRole('button', { name: 'Merge both' }).press('Enter');
  await page.getByText('The two are one member now.').waitFor();
  assert.equal((await call('getMember', { userId: aenne })).member.userId, anna);
  assert.equal(await balanceOf(made, anna), 40);
}

async function copyAndErase(opened, made, anna) {
  const { page } = opened;
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save all data' }).press('Enter');
  const file = await waiting;
  const { userId, data } = JSON.parse(await readFile(await file.path(), 'utf8'));
  assert.deepEqual([userId, data.member.length > 0, data.entries.length > 0], [anna, true, true]);
  await page.getByText(/^All data of the person is in the file: /).waitFor();

  const name = `Anna ${made.family}`;
  await page.getByText('Erase this person').press('Enter');
  await page.getByRole('button', { name: 'Erase for ever' }).press('Enter');
  await page.getByText(`Type exactly: ${name}`).waitFor();
  await check(opened, 'people-erase');
  assert.equal((await call('getMember', { userId: anna })).member.userId, anna);
  await page.getByLabel(`Type ${name} to go on`).fill(name.toLowerCase());
  await page.keyboard.press('Enter');
  await page.getByText('This person is erased.').waitFor();
  await check(opened, 'people-erased');
  assert.deepEqual((await call('listMembers', { name: made.family })).members, []);
}

/** A manager with a German browser, in the dark, sees what is pending and reserved, and gives some away. */
async function german(browser, width) {
  const made = await makePeople();
  const { programId, family } = made;
  const [anna, aenne] = made.people;
  const { program } = await call('getLoyaltyProgram', { programId });
  await call('reserveLoyaltyPoints', { programId, userId: anna, rewardId: program.rewards[0].rewardId });
  await call('updateLoyaltyProgram', { programId, pendingDays: 14 });
  await call('addLoyaltyPoints', { programId, userId: anna, purchaseAmount: 7 });
  await call('updateLoyaltyProgram', { programId, pendingDays: 0 });
  const opened = await open(browser, { width, language: 'de-DE', dark: true });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/members`);
  await signIn(page, facts.signIns.manager, GERMAN);
  await page.getByLabel('Name, E-Mail, Telefon, Code oder Kundennummer').fill(`anna ${family.slice(0, 9)}`);
  await page.keyboard.press('Enter');
  const row = (text) => page.getByRole('listitem').filter({ hasText: text });
  await row(/^Einlösbar bis.*30 Punkte/).waitFor();
  await row(/^Einlösbar ab.*7 Punkte/).waitFor();
  await row(/^A roll.*10 Punkte/).waitFor();
  await page.getByRole('button', { name: 'Zurücknehmen' }).last().press('Enter');
  await page.getByText('40 Punkte zurücknehmen?').waitFor();
  await check(opened, 'people-german');

  await page.getByText('Einem anderen Mitglied geben').press('Enter');
  const part = page.locator('details', { hasText: 'Einem anderen Mitglied geben' });
  await part.getByLabel(/^Name, E-Mail/).fill(`${family} aenne`);
  await page.keyboard.press('Enter');
  await part.getByText(`An Änne ${family}`).waitFor();
  await part.getByLabel('Wie viel (Punkte)').fill('5');
  await check(opened, 'people-give-german');
  await page.keyboard.press('Enter');
  await part.getByText(`Änne ${family} hat 5 Punkte bekommen.`).waitFor();
  assert.equal(await balanceOf(made, aenne), 45);
  await context.close();
  await developer(browser, width, made);
}

/** A developer reads, and is offered nothing that the role may not do. */
async function developer(browser, width, { family, people }) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/members/${people[0]}`);
  await signIn(page, facts.signIns.developer);
  await page.getByRole('heading', { name: `Anna ${family}` }).waitFor();
  await page.getByText('Earned: Breakfast').waitFor();
  await check(opened, 'people-developer');
  for (const name of ['Take back', 'Change the profile', 'Suspend']) {
    assert.equal(await page.getByRole('button', { name }).count(), 0, name);
  }
  for (const text of ['Merge with', 'Erase this', 'Correct the', 'Give to', 'Let it live']) {
    assert.equal(await page.getByText(text).count(), 0, text);
  }
  await context.close();
}
