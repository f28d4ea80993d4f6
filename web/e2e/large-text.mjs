/** With letters twice as large on a narrow phone nothing scrolls sideways, and words stay whole. */

import assert from 'node:assert/strict';
import { call, check, facts, open, run } from './browser.mjs';
import { choose } from './console/counter.mjs';
import { makeMember } from './console/customers.mjs';
import { signIn as signInAtWork } from './console/staff.mjs';
import { makeGuest, visit } from './guests.mjs';

const { storeId } = facts;
const guest = await makeGuest();
const { userId } = guest;
const { programId } = await call('createLoyaltyProgram', {
  storeId,
  programName: 'Large letters',
  programType: 'points',
  rules: { pointsPerEuro: 10, pointsPerCheckin: 5 },
  rewards: [{ rewardId: 'cookie', title: 'A cookie of the house', type: 'free_product', requiredPoints: 500 }],
  receiptClaims: {},
  isActive: true,
});
await call('enrollInLoyaltyProgram', { programId, userId });
await call('addLoyaltyPoints', { programId, userId, purchaseAmount: 12_345.67, transactionId: `large-${programId}` });
const card = `/c/${encodeURIComponent(programId)}`;

/** As who has set large letters in the browser. */
async function enlarge(page) {
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
  const [wide, there] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.equal(wide, there, `${page.url()} is ${wide} px wide`);
}

async function onTheCard(browser, language, words) {
  const { context, page, problems } = await open(browser, { language });
  await page.goto(new URL('/sign-in', facts.urls.card).href);
  await page.getByRole('textbox').waitFor();
  await enlarge(page);
  await check(page, `large-sign-in-${language}`, problems);
  await visit(page, guest, card, language.slice(0, 2));
  await page.getByText(words.purchase).waitFor();
  await enlarge(page);
  const width = await page.locator('.entry > span').first().evaluate((each) => each.getBoundingClientRect().width);
  assert.ok(width > 250, `the history has ${width} px for words`);
  await check(page, `large-card-${language}`, problems);
  for (const [name, path] of [['check-in', '/check-in'], ['receipt', `${card}/receipt`]]) {
    await page.goto(new URL(path, facts.urls.card).href);
    await page.getByRole('textbox').waitFor();
    await enlarge(page);
    await check(page, `large-${name}-${language}`, problems);
  }
  await context.close();
}

async function atTheTill(browser) {
  const member = await makeMember();
  const { context, page, problems } = await open(browser);
  await page.goto(facts.urls.console);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await enlarge(page);
  await signInAtWork(page, facts.signIns.cashier);
  await page.getByRole('heading', { name: 'Till' }).waitFor();
  await enlarge(page);
  await page.getByLabel('Code, e-mail or phone').fill(member.code);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Tilla Kern' }).waitFor();
  await choose(page, member.program);
  await page.getByLabel(/^Amount of the purchase/).fill('12.50');
  await page.getByText('€12.50').waitFor();
  await enlarge(page);
  await check(page, 'large-till', problems);
  await context.close();
}

try {
  await run(async (browser) => {
    await onTheCard(browser, 'en-GB', { purchase: 'Purchase: €12,345.67' });
    await onTheCard(browser, 'de-DE', { purchase: 'Einkauf: 12.345,67 €' });
    await atTheTill(browser);
  });
} finally {
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
