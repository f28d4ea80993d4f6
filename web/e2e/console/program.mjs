/** A manager changes a program: its rules, rewards with codes, a campaign and levels; and closes it. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

const { storeId } = facts;

await run(async (browser) => {
  for (const width of WIDTHS) {
    const programId = await makeProgram();
    await flow(browser, width, programId);
  }
});

/** Levels, and a member whose level a lower threshold raises. */
async function makeProgram() {
  const programName = `Levels ${randomUUID().slice(0, 8)}`;
  const tiers = [
    { name: 'Bronze', minPoints: 0, benefits: ['A smile'] },
    { name: 'Silver', minPoints: 500 },
  ];
  const rules = { pointsPerEuro: 1, tiers };
  const body = { storeId, programName, programType: 'tier', rules, isActive: true };
  const { programId } = await call('createLoyaltyProgram', body);
  const userId = `levels-${randomUUID()}`;
  await call('enrollInLoyaltyProgram', { programId, userId });
  await call('addLoyaltyPoints', { programId, userId, points: 300 });
  return programId;
}

async function read(programId) {
  return (await call('getLoyaltyProgram', { programId })).program;
}

async function flow(browser, width, programId) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  const base = `${facts.urls.console}/programs/${programId}`;
  const save = page.getByRole('button', { name: 'Save' }).first();
  await page.goto(base);
  await signIn(page, facts.signIns.manager);
  await page.getByRole('heading', { name: 'Open', level: 2 }).waitFor();
  await check(opened, 'program');

  await page.getByRole('link', { name: 'Card and rules' }).press('Enter');
  await page.getByLabel('Points for each €1').fill('2');
  await page.getByLabel(/^Least purchase that earns/).fill('5');
  await page.getByText('A customer who spends €12.90 gets 25 points.').waitFor();
  await check(opened, 'program-card');
  await save.press('Enter');
  await page.getByText('Saved.', { exact: true }).waitFor();
  assert.equal((await read(programId)).rules.minimumPurchase, 5);

  await page.getByRole('link', { name: 'More rules' }).press('Enter');
  await page.getByText('Who joins gets nothing for it, and needs a confirmed address.').waitFor();
  await check(opened, 'program-more');
  await page.getByRole('link', { name: 'Change Joining' }).press('Enter');
  await page.getByLabel(/^Welcome bonus/).fill('x');
  await save.press('Enter');
  await page.locator('input[aria-invalid]:focus').waitFor();
  await check(opened, 'program-more-doubt');
  await page.getByLabel(/^Welcome bonus/).fill('20');
  await save.press('Enter');
  await page.getByText('Saved.', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'All further rules' }).press('Enter');
  await page.getByText('Who joins gets 20 points as a welcome.').waitFor();
  await page.getByRole('link', { name: 'Change Expiry' }).press('Enter');
  await page.getByLabel('What is collected expires').selectOption('months');
  await save.press('Enter');
  await page.getByText('Saved.', { exact: true }).waitFor();
  const changed = await read(programId);
  assert.deepEqual([changed.welcomeBonus, changed.pointsExpiry.afterMonths], [20, 12]);
  assert.deepEqual(changed.rules.tiers[0].benefits, ['A smile']); // What the forms do not ask for stays.

  await rewards(opened, programId);
  await campaigns(opened, programId);
  await levels(opened, programId);

  await page.getByRole('link', { name: 'Overview' }).press('Enter');
  await page.getByRole('button', { name: 'Close the program' }).press('Enter');
  await page.getByRole('heading', { name: 'Closed', level: 2 }).waitFor();
  await check(opened, 'program-closed');
  assert.equal((await read(programId)).isActive, false);
  await context.close();
}

async function rewards(opened, programId) {
  const { page } = opened;
  await page.getByRole('link', { name: 'Rewards', exact: true }).press('Enter');
  await page.getByText('There is no reward yet.').waitFor();
  await check(opened, 'rewards-none');
  await page.getByRole('link', { name: 'New reward' }).press('Enter');
  await page.getByLabel('Name', { exact: true }).fill('Cinema');
  await page.getByLabel('Kind').selectOption('voucher');
  await page.getByLabel('What it costs, in points').fill('200');
  await page.getByLabel(/^How often a member gets it/).fill('1');
  await page.getByLabel('In which time').selectOption('month');
  await page.getByLabel(/^Last day/).fill('2099-12-31');
  await check(opened, 'reward-new');
  await page.getByRole('button', { name: 'Add the reward' }).press('Enter');
  await page.getByRole('link', { name: 'Cinema' }).waitFor();
  await check(opened, 'rewards');
  const [reward] = (await call('listRewards', { programId })).rewards;
  assert.deepEqual(reward.limits, [{ timesPerPeriod: 1, period: 'month' }]);
  assert.equal(reward.validUntil, '2099-12-31T23:00:00.000Z'); // The store is in Berlin.

  await page.getByRole('link', { name: 'Cinema' }).press('Enter');
  const own = randomUUID();
  await page.getByLabel('Codes, one on each line').fill(`KINO-${own}\nKINO-${own}\nx y\nRW-1234\n\nKINO-2-${own}`);
  await page.getByRole('button', { name: 'Add the codes' }).press('Enter');
  await page.getByText('2 added. 2 are not given out yet.').waitFor();
  await page.getByText('Not added: 3').waitFor();
  await check(opened, 'reward-codes');

  await page.getByRole('button', { name: 'Archive' }).press('Enter');
  await check(opened, 'reward-archive');
  await page.getByRole('button', { name: 'Yes, archive it' }).press('Enter');
  await page.getByText('This reward is archived.').waitFor();
  assert.equal((await call('listRewards', { programId })).count, 0);
}

async function campaigns(opened, programId) {
  const { page } = opened;
  await page.getByRole('link', { name: 'Campaigns', exact: true }).press('Enter');
  await page.getByRole('link', { name: 'New campaign' }).press('Enter');
  await page.getByLabel('Name', { exact: true }).fill('Double Monday');
  await page.getByLabel('Monday').press('Space');
  await page.getByLabel(/^From what time/).fill('17:00');
  await page.getByRole('button', { name: 'Begin the campaign' }).press('Enter');
  await page.getByText('Please fill this in.').waitFor();
  await check(opened, 'campaign-doubt');
  // Hours that end on the next day are asked for: they may be swapped.
  await page.getByLabel(/^Until what time/).fill('05:00');
  await page.getByText('Mon from 17:00 past midnight to 05:00 on the next day (12 hours).').waitFor();
  await page.getByRole('button', { name: 'Begin the campaign' }).press('Enter');
  await page.getByRole('group', { name: /^These hours end on the next day: .* Is that meant\?$/ }).waitFor();
  await check(opened, 'campaign-asked');
  assert.deepEqual((await call('listCampaigns', { programId })).campaigns, []);
  await page.getByRole('button', { name: 'No', exact: true }).press('Enter');
  await page.getByLabel(/^Until what time/).fill('19:00');
  await page.getByText('A purchase brings 2 times as much. The campaign runs from now on, until you end it: Mon from 17:00 to 19:00 (2 hours).').waitFor();
  await page.getByRole('button', { name: 'Begin the campaign' }).press('Enter');
  await page.getByRole('cell', { name: '2 times' }).waitFor();
  await page.getByText('Mon, 17:00 to 19:00').waitFor();
  await check(opened, 'campaigns');
  const [campaign] = (await call('listCampaigns', { programId })).campaigns;
  assert.deepEqual(campaign.happyHours, [{ weekdays: ['mon'], start: '17:00', end: '19:00' }]);

  await page.getByRole('link', { name: 'Double Monday' }).press('Enter');
  await page.getByRole('button', { name: 'End it now' }).press('Enter');
  await page.getByRole('button', { name: 'Yes, end it' }).press('Enter');
  await page.getByText('This campaign has ended.').waitFor();
  await check(opened, 'campaign-ended');
}

async function levels(opened, programId) {
  const { page } = opened;
  await page.getByRole('link', { name: 'Levels', exact: true }).press('Enter');
  const from = page.getByLabel('Silver: from how many points');
  await from.fill('0');
  await page.getByRole('button', { name: 'Save' }).first().press('Enter');
  await page.getByText('Each level needs more points than the one before.').waitFor();
  await check(opened, 'levels-doubt');
  await from.fill('250');
  await page.keyboard.press('Enter');
  await page.getByText('Saved.', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Show who would move' }).press('Enter');
  await page.getByText('1 of 1 member would move.').waitFor();
  await page.getByText('Bronze → Silver: 1 member').waitFor();
  await check(opened, 'levels-moves');
  await page.getByRole('button', { name: 'Move them now' }).press('Enter');
  await page.getByRole('button', { name: 'Yes, move them' }).press('Enter');
  await page.getByText('1 member moved.').waitFor();
  assert.equal((await read(programId)).rules.tiers[1].minPoints, 250);
}
