/** A rule changes while a till has no connection: the page says what was said at the counter, and what was booked. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, run } from '../browser.mjs';
import { book, emptied, kept, reconnect, till } from './counter.mjs';
import { check, WIDTHS } from './staff.mjs';

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

/** Make an open program of its own, whose rules no other flow looks at, with a member. */
async function situation() {
  const { storeId } = facts;
  const rules = { pointsPerEuro: 10 };
  const programName = `Regeln ${randomUUID().slice(0, 8)}`;
  const body = { storeId, programName, programType: 'points', rules, isActive: true };
  const { programId } = await call('createLoyaltyProgram', body);
  const userId = `rules-${randomUUID()}`;
  await call('createMember', { userId, firstName: 'Rosa', lastName: 'Kern' });
  await call('enrollInLoyaltyProgram', { programId, userId });
  const { code } = await call('getMemberCode', { storeId, userId });
  return { program: { programId }, ids: { programId, userId }, code };
}

async function flow(browser, width) {
  const { program, ids, code } = await situation();
  const { programId } = program;
  const opened = await till(browser, { width });
  const { page, context } = opened;
  await context.setOffline(true);
  await book(page, code, '25', program);
  await page.getByRole('heading', { name: 'Not sent yet: 1' }).waitFor();
  await call('updateLoyaltyProgram', { programId, rules: { pointsPerEuro: 4 } });
  await reconnect(opened);
  await page.getByRole('heading', { name: 'Booked otherwise than said: 1' }).waitFor();
  await page.getByText('By the rules of then: 250 points. Booked: 100 points.').waitFor();
  await page.getByRole('heading', { name: /^Not sent yet/ }).waitFor({ state: 'detached' });
  await check(opened, 'till-differing');
  assert.equal((await call('getCustomerBalance', ids)).currentBalance, 100);

  // It stays until somebody has read it, and is not sent again.
  await page.reload();
  await page.getByText('By the rules of then: 250 points. Booked: 100 points.').waitFor();
  assert.equal((await kept(page)).length, 1);
  await page.getByRole('button', { name: 'Done' }).press('Enter');
  await emptied(page);

  // By the rules that hold now nothing differs.
  await page.reload();
  await page.getByLabel('Code, e-mail or phone').waitFor();
  await context.setOffline(true);
  await book(page, code, '10', program);
  await page.getByRole('heading', { name: 'Not sent yet: 1' }).waitFor();
  await reconnect(opened);
  await emptied(page);
  assert.equal(await page.getByRole('heading', { name: /^Booked otherwise/ }).count(), 0);
  assert.equal((await call('getCustomerBalance', ids)).currentBalance, 140);
  await call('updateLoyaltyProgram', { programId, isActive: false });
  await context.close();
}
