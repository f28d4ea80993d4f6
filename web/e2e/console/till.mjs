/** A cashier books a purchase, undoes it, and hands out a reward; in both languages. */

import assert from 'node:assert/strict';
import { call, facts, open, run } from '../browser.mjs';
import { choose } from './counter.mjs';
import { bookings, makeMember } from './customers.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

async function find(page, code) {
  await page.getByLabel('Code, e-mail or phone').fill(code);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Tilla Kern' }).waitFor();
}

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

async function flow(browser, width) {
  const member = await makeMember();
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(facts.urls.console);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await check(opened, 'console-sign-in');
  await signIn(page, facts.signIns.cashier);

  await page.getByRole('heading', { name: 'Till' }).waitFor();
  assert.deepEqual(await page.getByRole('navigation').getByRole('link').allInnerTexts(), ['Till']);
  await page.getByText('Cashier', { exact: true }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
  await check(opened, 'till');
  await steady(page);

  await page.getByLabel('Code, e-mail or phone').fill('S7K2M9QXT4HBCW3ZX');
  await page.keyboard.press('Enter');
  await page.getByText('Something is wrong with this code: a character is missing or mistyped. Scan it again.').waitFor();
  await check(opened, 'till-bad-code');
  await page.getByLabel('Code, e-mail or phone').fill('mara@');
  await page.keyboard.press('Enter');
  await page.getByText('This e-mail address is not complete, or is mistyped.').waitFor();
  await page.getByLabel('Code, e-mail or phone').fill('nobody@example.com');
  await page.keyboard.press('Enter');
  await page.getByText('Nobody is found by that.').waitFor();
  await page.getByText('Whoever scans the code on the poster gets a card.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'New member' }).count(), 0); // Not of this role.

  await find(page, member.code);
  await choose(page, member.program);
  const amount = page.getByLabel(/^Amount of the purchase/);
  await amount.fill('1,234');
  await page.keyboard.press('Enter');
  await page.getByText('Type the amount like 12.50.').waitFor();
  await check(opened, 'till-doubt');
  await amount.fill('12.50');
  await page.getByText('€12.50').waitFor();
  await check(opened, 'till-amount');
  await page.keyboard.press('Enter');
  await page.getByText(/ for Tilla Kern\./).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT'); // For the next customer.
  await check(opened, 'till-booked');
  assert.equal((await bookings(member)).length, 1);

  await page.getByText(`€12.50 · ${member.program.programName}`).waitFor();
  await page.getByText(/^Now on the card: 1,[0-9]+ points\./).waitFor();

  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByText(/ taken back\./).waitFor();
  await check(opened, 'till-undone');

  await mistyped(opened, member);
  const { programId, rewards } = member.program;
  const reward = rewards.find((each) => each.isActive && !each.requiredTier && each.requiredPoints <= 1000);
  const body = { programId, userId: member.userId, rewardId: reward.rewardId };
  const { rewardCode } = await call('reserveLoyaltyPoints', body);
  // Both codes are on the card: each is known in the field of the other.
  const ofReward = page.getByLabel('Code of the reward');
  await page.getByLabel('Code, e-mail or phone').fill(rewardCode);
  await page.keyboard.press('Enter');
  await page.getByText('That is the code of a reward, not the customer’s.').waitFor();
  assert.equal(await ofReward.inputValue(), rewardCode);
  await page.waitForFunction(() => document.activeElement?.textContent === 'Use the code');
  await check(opened, 'till-strayed-reward');
  await ofReward.fill(member.code);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Tilla Kern' }).waitFor();
  await page.getByRole('button', { name: 'Another customer' }).press('Enter');
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT'); // The first field takes the focus.
  await ofReward.fill(rewardCode);
  await ofReward.press('Enter');
  await page.getByText(`Hand over now: ${reward.title}.`).waitFor();
  await check(opened, 'till-reward');
  await page.getByLabel('Code of the reward').fill(rewardCode);
  const use = page.getByRole('button', { name: 'Use the code' });
  await page.getByRole('button', { name: /^Redeem for/ }).first().waitFor(); // What comes later moves what is below.
  const place = () => use.evaluate((each) => each.offsetTop);
  const before = await place();
  await use.click();
  await page.getByText('This code was used already.').waitFor();
  assert.equal(await place(), before); // A second tap meets the same button.

  await page.goto(`${facts.urls.console}/members`); // Not of this role: the till it is.
  await page.getByRole('heading', { name: 'Till' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).press('Enter');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await context.close();

  await german(browser, width, member);
}

/** An amount without its comma is asked for, once: Enter twice books nothing. */
async function mistyped(opened, member) {
  const { page } = opened;
  await find(page, member.code);
  await choose(page, member.program);
  const amount = page.getByLabel(/^Amount of the purchase/);
  await amount.fill('1290');
  await amount.press('Enter');
  await page.getByText('€1,290.00: that is far more than usual. Is the amount right?').waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === 'Change the amount');
  await check(opened, 'till-unusual');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
  await amount.press('Enter');
  await page.getByRole('button', { name: 'Yes, book €1,290.00' }).press('Enter');
  await page.getByText(/ for Tilla Kern\./).waitFor();
  assert.equal((await bookings(member)).length, 2);
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByText(/ taken back\./).waitFor();
}

/** What has come under the finger since the first tap is not pressed by a fast second one. */
async function steady(page) {
  await page.evaluate(() => {
    const add = (text, act) => {
      const button = document.createElement('button');
      button.textContent = text;
      button.style.cssText = 'position: fixed; inset: 0 auto auto 0; z-index: 9';
      button.addEventListener('click', () => act(button));
      document.querySelector('main').append(button);
    };
    globalThis.pressed = 0;
    add('Before', (before) => {
      before.remove();
      globalThis.changed = performance.now();
      add('After', (after) => {
        globalThis.pressed += 1;
        if (globalThis.pressed === 2) after.remove();
      });
    });
  });
  await page.mouse.dblclick(12, 12);
  assert.equal(await page.evaluate(() => globalThis.pressed), 0);
  await page.waitForFunction(() => performance.now() - globalThis.changed > 450);
  await page.mouse.click(12, 12); // Who has seen it presses it.
  assert.equal(await page.evaluate(() => globalThis.pressed), 1);
  await page.getByRole('button', { name: 'After' }).press('Enter'); // And keys press what they mean.
  assert.equal(await page.evaluate(() => globalThis.pressed), 2);
}

async function german(browser, width, member) {
  const opened = await open(browser, { width, language: 'de-DE', dark: true });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/till`);
  await signIn(page, facts.signIns.cashier, GERMAN);
  await page.getByLabel('Code, E-Mail oder Telefon').fill(member.code);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Anderer Kunde' }).waitFor();
  await choose(page, member.program, 'Programm');
  await page.getByLabel(/^Betrag des Einkaufs/).fill('1.234,50');
  await page.getByText('1.234,50 €').waitFor();
  await check(opened, 'till-german');
  await context.close();
}
