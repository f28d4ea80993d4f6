/** What a card says of what was booked: as it arrives, and afterwards in its history, in both languages. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, check, facts, open, run } from './browser.mjs';
import { makeGuest, visit } from './guests.mjs';

const { storeId } = facts;
const guest = await makeGuest();
const { userId } = guest;

const rewards = [{ rewardId: 'tea', title: 'A tea', type: 'free_product', requiredPoints: 30 }];
const rules = { pointsPerEuro: 1, pointsPerCheckin: 0 };
const body = { storeId, programName: 'Booked', programType: 'points', rules, isActive: true, pendingDays: 3, rewards };
const { programId } = await call('createLoyaltyProgram', body);
await call('enrollInLoyaltyProgram', { programId, userId });
const path = `/c/${encodeURIComponent(programId)}`;

const WORDS = {
  en: {
    empty: 'Nothing yet. Show your code at the till',
    far: '30 points more for: A tea',
    enough: 'Enough for: A tea',
    booked: '40 points booked. Now 40 points.',
    later: '12 points more soon',
    taken: '30 points taken off. Now 10 points.',
    back: '30 points booked. Now 40 points.',
    history: ['Cancelled+30 points', 'A tea-30 points', 'Earned, not to be spent yet+12 points', 'Earned+40 points'],
  },
  de: {
    empty: 'Noch nichts. Zeigen Sie an der Kasse Ihren Code',
    far: 'Noch 30 Punkte bis: A tea',
    enough: 'Reicht für: A tea',
    booked: '40 Punkte gebucht. Jetzt 40 Punkte.',
    later: 'Bald dazu: 12 Punkte',
    taken: '30 Punkte abgezogen. Jetzt 10 Punkte.',
    back: '30 Punkte gebucht. Jetzt 40 Punkte.',
    history: ['Storniert+30 Punkte', 'A tea-30 Punkte', 'Gesammelt, noch nicht frei+12 Punkte', 'Gesammelt+40 Punkte'],
  },
};

/** Each booking is said as it arrives, and what was said of a balance is gone once that is another one. */
async function followsTheTill(page, problems) {
  const words = WORDS.en;
  const notice = (text) => page.getByRole('status').getByText(text, { exact: true });
  await page.getByText(words.empty).waitFor();
  await page.locator('.loyalty-card').getByText(words.far).waitFor();
  await check(page, 'history-empty', problems);
  await call('addLoyaltyPoints', { programId, userId, points: 40 });
  await notice(words.booked).waitFor();
  await page.locator('.loyalty-card').getByText(words.enough).waitFor();
  const { reservationId } = await call('reserveLoyaltyPoints', { programId, userId, points: 5 });
  await page.locator('.balance', { hasText: '35 points' }).waitFor();
  assert.equal(await notice(words.booked).count(), 0);
  await call('voidLoyaltyRedemption', { programId, userId, reservationId });
  await call('addLoyaltyPoints', { programId, userId, purchaseAmount: 12, transactionId: randomUUID() });
  await notice(words.later).waitFor();
  const redeemed = await call('redeemLoyaltyPoints', { programId, userId, points: 30, rewardId: 'tea' });
  await notice(words.taken).waitFor();
  await call('cancelRedemption', { programId, userId, redemptionId: redeemed.redemptionId });
  await notice(words.back).waitFor();
}

/** Return the titles of the history with their amounts, as they stand there. */
async function readHistory(page, language) {
  const rows = page.locator('.entry');
  await rows.nth(WORDS[language].history.length - 1).waitFor();
  const texts = await rows.evaluateAll((all) => all.map((each) => `${each.children[0].textContent}${each.children[1].textContent}`));
  return texts.map((each) => each.replace('−', '-'));
}

try {
  await run(async (browser) => {
    const { context, page, problems } = await open(browser);
    await visit(page, guest, path);
    await followsTheTill(page, problems);
    assert.deepEqual(await readHistory(page, 'en'), WORDS.en.history);
    await check(page, 'history', problems);
    await context.close();

    const german = await open(browser, { language: 'de-DE', dark: true });
    await visit(german.page, guest, path, 'de');
    await german.page.locator('.loyalty-card').getByText(WORDS.de.enough).waitFor();
    assert.deepEqual(await readHistory(german.page, 'de'), WORDS.de.history);
    await check(german.page, 'history-german-dark', german.problems);
  });
} finally {
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
