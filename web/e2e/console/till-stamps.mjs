/** A coffee shop's till: one tap books one stamp, and nobody types an amount that the rules do not ask for. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { AMOUNT, choose, emptied, reconnect, till, WHO } from './counter.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

const COUNT = 'How many purchases';

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

/** Make stamp cards that no other flow looks at, and a member of each. */
async function situation() {
  const name = randomUUID().slice(0, 8);
  const rules = { requiredStamps: 10, stampsPerPurchase: 1 };
  const make = async (programName, more = {}) => {
    const body = { storeId: facts.storeId, programName: `${programName} ${name}`, programType: 'stamps', rules, isActive: true };
    return { programName: body.programName, ...(await call('createLoyaltyProgram', { ...body, ...more })) };
  };
  const coffee = await make('Kaffeekarte');
  const limited = await make('Knappe Karte', { earningLimits: { maxPerBooking: 2 } });
  const asking = await make('Karte mit Betrag');
  await call('createCampaign', { programId: asking.programId, name: 'Ab 20', startsAt: '2026-01-01T00:00:00Z', bonus: 1, minimumSpend: 20 });
  const userId = `stamps-${randomUUID()}`;
  await call('createMember', { userId, firstName: 'Stella', lastName: 'Kern' });
  for (const { programId } of [coffee, limited, asking]) await call('enrollInLoyaltyProgram', { programId, userId });
  const { code } = await call('getMemberCode', { storeId: facts.storeId, userId });
  return { coffee, limited, asking, userId, code };
}

async function find(page, { code }, program, name = 'Stella Kern') {
  await page.getByLabel(WHO).fill(code);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name }).waitFor();
  await choose(page, program);
}

async function flow(browser, width) {
  const made = await situation();
  const { coffee, limited, asking, userId } = made;
  const balance = async ({ programId }) => (await call('getCustomerBalance', { programId, userId })).currentBalance;
  const opened = await till(browser, { width });
  const { page, context } = opened;
  const count = page.getByLabel(COUNT);

  await find(page, made, coffee);
  await page.getByRole('button', { name: 'Book 1 stamp', exact: true }).waitFor();
  assert.equal(await page.getByLabel(AMOUNT).count(), 0);
  await check(opened, 'till-stamp');
  await page.getByRole('button', { name: 'Book 1 stamp', exact: true }).click();
  await page.getByText('1 stamp for Stella Kern.', { exact: true }).waitFor();
  await page.getByText(`1 purchase · ${coffee.programName}`).waitFor();
  await page.getByText('Now on the card: 1 of 10 stamps.').waitFor();
  await check(opened, 'till-stamp-booked');
  assert.equal(await balance(coffee), 1);

  // Several at once, and all of it undone.
  await find(page, made, coffee);
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByRole('button', { name: 'Book 3 stamps' }).waitFor();
  await check(opened, 'till-stamps');
  await page.getByRole('button', { name: 'One less' }).click();
  await page.getByRole('button', { name: 'Book 2 stamps' }).press('Enter');
  await page.getByText('2 stamps for Stella Kern.', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByText('2 stamps taken back.').waitFor();
  assert.equal(await balance(coffee), 1);

  // A scanner that reads the card twice books nothing; by the keyboard Enter books one.
  await find(page, made, coffee);
  await count.fill(made.code);
  await page.keyboard.press('Enter');
  await page.getByText('Type a number from 1 to 20.').waitFor();
  await check(opened, 'till-stamps-doubt');
  await count.fill('12');
  await page.keyboard.press('Enter');
  await page.getByText('12 purchases at once: that is more than usual. Is the number right?').waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === 'Change the number');
  await check(opened, 'till-stamps-unusual');
  await page.keyboard.press('Enter');
  await count.fill('1');
  await page.keyboard.press('Enter');
  await page.getByText('1 stamp for Stella Kern.', { exact: true }).waitFor();
  assert.equal(await balance(coffee), 2);

  await offline(opened, made);
  assert.equal(await balance(coffee), 4);

  // A limit of the program holds; who wants to tells the amount; a campaign may ask for it.
  await find(page, made, limited);
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByRole('button', { name: 'Book 3 stamps' }).press('Enter');
  await page.getByText('2 stamps for Stella Kern.', { exact: true }).waitFor();
  await page.getByText('A limit of the program allows no more.').waitFor();
  await check(opened, 'till-stamps-limit');
  await find(page, made, coffee);
  await page.getByRole('button', { name: 'Type the amount instead' }).press('Enter');
  await page.getByLabel(AMOUNT).fill('3.20');
  await page.getByText('€3.20').waitFor();
  await page.getByLabel(AMOUNT).press('Enter');
  await page.getByText(`€3.20 · ${coffee.programName}`).waitFor();
  assert.equal(await balance(coffee), 5);
  await find(page, made, asking);
  await page.getByLabel(AMOUNT).fill('25');
  await page.getByLabel(AMOUNT).press('Enter');
  await page.getByText('2 stamps for Stella Kern.', { exact: true }).waitFor();
  await context.close();
  await german(browser, width, made);
  for (const { programId } of [coffee, limited, asking]) await call('updateLoyaltyProgram', { programId, isActive: false });
}

/** Without a connection it is kept, and booked once when it is sent. */
async function offline(opened, made) {
  const { page, context } = opened;
  const mark = `Customer …${made.code.slice(-4)}`;
  await context.setOffline(true);
  await page.getByText('There is no connection.', { exact: false }).first().waitFor();
  await find(page, made, made.coffee, mark);
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByRole('button', { name: 'Book 2 stamps' }).press('Enter');
  await page.getByText(`Kept: 2 purchases for ${mark}.`).waitFor();
  await page.getByText('2 purchases', { exact: true }).waitFor();
  await check(opened, 'till-stamps-kept');
  await reconnect(opened);
  await emptied(page);
  await page.getByText('2 stamps for Stella Kern.', { exact: true }).waitFor();
  const { transactions } = await call('getLoyaltyTransactions', { programId: made.coffee.programId, userId: made.userId });
  assert.deepEqual(transactions.map((each) => each.points), [2, 1, -2, 2, 1]);
}

async function german(browser, width, made) {
  const opened = await open(browser, { width, language: 'de-DE', dark: true });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/till`);
  await signIn(page, facts.signIns.cashier, GERMAN);
  await page.getByLabel('Code, E-Mail oder Telefon').fill(made.code);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Stella Kern' }).waitFor();
  await choose(page, made.coffee, 'Programm');
  await page.getByRole('button', { name: '1 Stempel buchen' }).waitFor();
  await check(opened, 'till-stamp-german');
  await context.close();
}
