/** The start page: what happened today, charts, what needs attention, and the first step of who has nothing. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { check, makePerson, signIn, WIDTHS } from './staff.mjs';

const POINTS = 'lp_demo-points';
const GO_POINTS = 'lp_demo-go-points';

await run(async (browser) => {
  await returnWithoutPurchase();
  await takenBackToday();
  for (const width of WIDTHS) {
    await owner(browser, width);
    await withoutReports(browser, width);
  }
});

/** Let something need attention: a return that is told before its purchase. */
async function returnWithoutPurchase() {
  const userId = `start-${randomUUID()}`;
  await call('enrollInLoyaltyProgram', { programId: POINTS, userId });
  const transactionId = `purchase-of-${userId}`;
  await call('reverseLoyaltyTransaction', { programId: POINTS, userId, transactionId, refundId: 'return-1' });
}

/** Book, and take back: the start page says both, and the result. */
async function takenBackToday() {
  const userId = `start-${randomUUID()}`;
  const purchase = { programId: POINTS, userId, transactionId: `undone-${userId}` };
  await call('enrollInLoyaltyProgram', { programId: POINTS, userId });
  await call('addLoyaltyPoints', { ...purchase, points: 7 });
  await call('reverseLoyaltyTransaction', { ...purchase, refundId: 'return-1' });
  const isCounted = async () => (await call('getLoyaltyReport', { programId: POINTS })).rows.at(-1).takenBack >= 7;
  while (!(await isCounted())); // Counted some seconds after the booking.
}

/** Call the API for the demo account of the package GO. */
async function callGo(action, body) {
  const headers = { Authorization: `Bearer ${facts.keys.live.GO}` };
  const answer = await fetch(`${facts.baseUrl}/${action}`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 200, await answer.text());
}

async function owner(browser, width) {
  const opened = await open(browser, { width, dark: width > 400 });
  const { page, context } = opened;
  await page.route('**/getLoyaltyReport', (route) => route.abort(), { times: 1 });
  await page.goto(facts.urls.console);
  await signIn(page, facts.signIns.owner);
  await page.getByRole('heading', { name: 'Start', level: 1 }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');

  // What fails says so, and can be asked for again; what does not is there all the same.
  const today = page.getByRole('region', { name: 'Today' });
  await today.getByText('There is no connection.').waitFor();
  await page.getByRole('region', { name: 'Altogether' }).getByText('Redemptions').waitFor();
  await check(opened, 'start-failed');
  await today.getByRole('button', { name: 'Try again' }).press('Enter');
  await today.getByText('Issued').waitFor();

  await page.getByRole('region', { name: 'Needs attention' }).getByText(/waits? for (its|their) purchase/).waitFor();
  await page.getByRole('combobox', { name: 'Program' }).selectOption({ label: 'Punkte' });
  const { rows } = await call('getLoyaltyReport', { programId: POINTS });
  await today.getByText(/ points/).first().waitFor();
  await today.getByText('Taken back').waitFor();
  await today.getByText('Change of all balances').waitFor();
  await page.getByText(/^Of that .* taken back, .* given back\.$/).waitFor();
  const course = page.getByRole('region', { name: 'Over time' });
  await course.getByRole('figure').nth(3).waitFor();
  await check(opened, 'start');

  const table = course.getByRole('figure', { name: /^New members/ });
  await table.locator('summary').press('Enter');
  assert.equal(await table.getByRole('row').count(), rows.length + 1);
  await course.getByLabel('Day').press('ArrowRight');
  await table.getByRole('columnheader', { name: 'Week' }).waitFor();
  assert.ok(await course.getByLabel('Week').isChecked());
  await course.getByLabel('Week').press('ArrowRight');
  await table.getByRole('columnheader', { name: 'Month' }).waitFor();
  await check(opened, 'start-table');

  const returns = page.getByRole('listitem').filter({ hasText: /for (its|their) purchase/ });
  await returns.getByRole('link', { name: 'Look at it' }).press('Enter');
  await page.getByRole('link', { name: 'All members' }).waitFor();
  // The page says which return it is, and what can be done.
  await page.getByRole('heading', { name: 'Returns that wait for their purchase' }).first().waitFor();
  await page.getByText('It is booked by itself once', { exact: false }).first().waitFor();
  await check(opened, 'start-return');
  await context.close();
}

/** The package GO has no reports, and a store without a program shows how to begin. */
async function withoutReports(browser, width) {
  const person = await makePerson('start');
  await callGo('addStaffMember', { userId: person.userId, role: 'manager', label: 'Manages the bakery' });
  const opened = await open(browser, { width });
  const { page, context } = opened;
  try {
    await page.goto(facts.urls.console);
    await signIn(page, person);
    await page.getByRole('region', { name: 'Altogether' }).getByText('Redemptions').waitFor();
    assert.equal(await page.getByRole('region', { name: 'Over time' }).count(), 0);
    await check(opened, 'start-go');
    await callGo('updateLoyaltyProgram', { programId: GO_POINTS, isActive: false });
    await page.reload();
    await page.getByText('There is no open program in this store yet.').waitFor();
    await check(opened, 'start-empty');
  } finally {
    await callGo('updateLoyaltyProgram', { programId: GO_POINTS, isActive: true });
    await callGo('removeStaffMember', { userId: person.userId });
  }
  await context.close();
}
