/** What is typed and not saved is not lost by a link, by Back, by another mode, or by closing the tab; and no save undoes another's. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

const { storeId } = facts;
const TIERS = [
  { name: 'Bronze', minPoints: 0 },
  { name: 'Silver', minPoints: 500, benefits: ['A smile'], color: '#c0c0c0', neverDowngrade: true },
];
const POLICY = { basis: 'calendar_year', downgrade: 'one', graceDays: 30, toEndOfMonth: true, alertDays: 7 };

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
  await german(browser);
  await twoTabs(browser);
});

async function makeProgram() {
  const programName = `Unsaved ${randomUUID().slice(0, 8)}`;
  const rules = { pointsPerEuro: 1, tiers: TIERS };
  const body = { storeId, programName, programType: 'tier', rules, tierPolicy: POLICY, isActive: false };
  return (await call('createLoyaltyProgram', body)).programId;
}

async function read(programId) {
  return (await call('getLoyaltyProgram', { programId })).program;
}

async function flow(browser, width) {
  const programId = await makeProgram();
  const opened = await open(browser, { width });
  const { page, context } = opened;
  const base = `${facts.urls.console}/programs/${programId}`;
  const at = (part) => page.waitForURL(`${base}${part}`);
  const asked = page.getByRole('dialog', { name: 'Leave without saving?' });
  const parts = page.getByRole('navigation', { name: /^Parts of/ });
  await page.goto(base);
  await signIn(page, facts.signIns.manager);
  await parts.getByRole('link', { name: 'Rewards' }).press('Enter');
  await parts.getByRole('link', { name: 'Levels' }).press('Enter');

  const from = page.getByLabel('Silver: from how many points');
  await from.fill('400');
  await page.getByText('Not saved yet.').waitFor();
  await page.getByText(/^What you changed above is not saved yet/).waitFor();
  await parts.getByRole('link', { name: 'Overview' }).press('Enter');
  await asked.waitFor();
  await check(opened, 'leave-asked');
  await page.keyboard.press('Escape');
  await asked.waitFor({ state: 'detached' });
  await at('/levels');
  assert.equal(await from.inputValue(), '400');
  await page.goBack();
  await asked.getByRole('button', { name: 'Stay here' }).press('Enter');
  await at('/levels');
  await page.getByRole('switch', { name: 'Test mode' }).press('Space');
  await asked.getByRole('button', { name: 'Stay here' }).press('Enter');
  assert.equal(await page.getByRole('switch', { name: 'Test mode' }).isChecked(), false);
  const closing = page.waitForEvent('dialog');
  await page.evaluate(() => void globalThis.setTimeout(() => globalThis.location.reload())); // A reload of Playwright's waits for its end.
  await (await closing).dismiss();
  assert.equal(await from.inputValue(), '400');

  // One Save has all of it: levels and how they are lost.
  await page.getByText('More about Silver').press('Enter');
  await page.getByLabel('What members of it get').last().fill('A smile\nCoffee first');
  await page.getByLabel('What counts').selectOption('lifetime');
  await check(opened, 'levels-unsaved');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await page.getByText('Saved.', { exact: true }).waitFor();
  assert.equal(await page.getByText('Not saved yet.').count(), 0);
  const { rules, tierPolicy } = await read(programId);
  const [, silver] = rules.tiers;
  assert.deepEqual(
    [silver.minPoints, silver.benefits, silver.color, silver.neverDowngrade],
    [400, ['A smile', 'Coffee first'], '#c0c0c0', true],
  );
  assert.deepEqual(tierPolicy, { ...POLICY, basis: 'lifetime' });

  await parts.getByRole('link', { name: 'Overview' }).press('Enter'); // Nothing asks.
  await at('');
  await page.goBack();
  await at('/levels');

  // Who wants to lose it, does.
  await page.getByLabel('Silver: from how many points').fill('300');
  await page.getByText('Not saved yet.').waitFor();
  await page.goBack();
  await asked.getByRole('button', { name: 'Leave without saving' }).press('Enter');
  await at('/rewards');
  await page.goForward();
  await at('/levels');
  assert.equal(await page.getByLabel('Silver: from how many points').inputValue(), '400');
  await context.close();
}

async function german(browser) {
  const programId = await makeProgram();
  const opened = await open(browser, { language: 'de-DE', dark: true });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/programs/${programId}/levels`);
  await signIn(page, facts.signIns.owner, GERMAN);
  await page.getByLabel('Silver: ab wie vielen Punkten').fill('-1');
  await page.getByRole('button', { name: 'Speichern' }).press('Enter');
  await page.getByText('Das ist zu wenig: mindestens 0.').waitFor();
  await page.getByRole('link', { name: 'Alle Programme' }).press('Enter');
  await page.getByRole('dialog', { name: 'Ohne Speichern verlassen?' }).waitFor();
  await check(opened, 'leave-asked-german');
  await context.close();
}

/** Two tabs have one form open: each saves what was changed in it. */
async function twoTabs(browser) {
  const programName = `Two tabs ${randomUUID().slice(0, 8)}`;
  const rewards = ['Coffee', 'Cake'].map((title, index) => ({ title, type: 'free_product', requiredPoints: index === 0 ? 5 : 3 }));
  const body = { storeId, programName, programType: 'stamps', rules: { requiredStamps: 5 }, rewards, isActive: false };
  const { programId } = await call('createLoyaltyProgram', body);
  const opened = await open(browser);
  const { page, context } = opened;
  const address = `${facts.urls.console}/programs/${programId}/card`;
  await page.goto(address);
  await signIn(page, facts.signIns.manager);
  await page.getByLabel('Name of the program').waitFor();
  const second = await context.newPage();
  await second.goto(address);
  await second.getByLabel('Stamps of a full card').fill('8');
  await second.getByText('So far that costs a full card: 5 stamps. Without the tick it stays at 5.').waitFor();
  assert.ok(await second.getByLabel('Give “Coffee” for 8 stamps, too').isChecked());
  await second.getByText('8 stamps, then: Coffee.').first().waitFor();
  await check({ ...opened, page: second }, 'full-card-changed');

  async function save(tab) {
    await tab.getByRole('button', { name: 'Save' }).press('Enter');
    await tab.getByText('Saved.', { exact: true }).waitFor();
  }
  await page.getByLabel('Name of the program').fill(`${programName} plus`);
  await save(page);
  await save(second);
  const saved = await read(programId);
  assert.deepEqual([saved.programName, saved.rules.requiredStamps], [`${programName} plus`, 8]);
  assert.deepEqual(saved.rewards.map(({ title, requiredPoints }) => [title, requiredPoints]), [['Coffee', 8], ['Cake', 3]]);
  // The form takes in what the other tab has saved, and sends nothing of it.
  await second.waitForFunction((name) => [...document.querySelectorAll('input')].some(({ value }) => value === name), saved.programName);
  assert.equal(await second.getByText('Not saved yet.').count(), 0);
  await context.close();
}
