/** A member who is suspended reads why, and is offered nothing that would be refused. */

import assert from 'node:assert/strict';
import { call, check, facts, open, run } from './browser.mjs';
import { makeGuest, visit } from './guests.mjs';

const { storeId } = facts;
const guest = await makeGuest();
const { userId } = guest;
const { programId } = await call('createLoyaltyProgram', {
  storeId,
  programName: 'Stopping',
  programType: 'points',
  rules: { pointsPerEuro: 10, pointsPerCheckin: 5 },
  rewards: [{ rewardId: 'cookie', title: 'A cookie', type: 'free_product', requiredPoints: 5 }],
  receiptClaims: {},
  isActive: true,
});
const path = `/c/${encodeURIComponent(programId)}`;
await call('enrollInLoyaltyProgram', { programId, userId });
await call('addLoyaltyPoints', { programId, userId, points: 10 });

const SUSPENDED = {
  en: { told: 'This card is suspended. Ask the shop.', reason: 'The shop says: ', get: 'Get it', earns: ['Check in', 'Claim a receipt'] },
  de: { told: 'Diese Karte ist gesperrt.', reason: 'Der Laden schreibt dazu: ', get: 'Holen', earns: ['Einchecken', 'Beleg nachreichen'] },
};

/** Who is suspended reads why, as text, and is offered nothing that would be refused. */
async function reads(browser, language, options) {
  const { context, page, problems } = await open(browser, options);
  const words = SUSPENDED[language];
  const own = { programId, userId };
  const link = (name) => page.getByRole('navigation', { name: 'Stopping' }).getByRole('link', { name });
  await call('reactivateMember', { ...own, reason: 'It was a mistake' });
  await visit(page, guest, path, language);
  await page.getByRole('button', { name: words.get }).waitFor();
  for (const each of words.earns) await link(each).waitFor();
  await call('suspendMember', { ...own, reason: 'Ask for <b>Kim</b> at the counter' });
  for (const way of ['', '/receipt']) {
    await page.goto(new URL(path + way, facts.urls.card).href);
    await page.getByText(words.told).waitFor();
    await page.getByText(`${words.reason}Ask for <b>Kim</b> at the counter`, { exact: true }).waitFor();
    assert.equal(await page.getByRole('textbox').count(), 0);
    assert.equal(await page.getByRole('button', { name: words.get }).count(), 0);
    for (const each of words.earns) assert.equal(await link(each).count(), 0);
    await check(page, `standing-suspended${way.replace('/', '-')}-${language}`, problems);
  }
  await context.close();
}

try {
  await run(async (browser) => {
    await reads(browser, 'en', {});
    await reads(browser, 'de', { language: 'de-DE', dark: true, width: 1280 });
  });
} finally {
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
