/** What is spent is what was agreed to: prices that change under a finger, and reservations that run out. */

import assert from 'node:assert/strict';
import { call, check, facts, open, run } from './browser.mjs';
import { makeGuest, visit } from './guests.mjs';

const { storeId } = facts;
const guest = await makeGuest();
const { userId } = guest;
const rules = { pointsPerEuro: 1, pointsPerCheckin: 0 };
const rewards = [
  { rewardId: 'bag', title: 'A bag', type: 'free_product', productId: 'bag', requiredPoints: 250 },
  { rewardId: 'film', title: 'A film', type: 'voucher', requiredPoints: 30 },
];
const body = { storeId, programName: 'Agreed', programType: 'points', rules, isActive: true, rewards };
const { programId } = await call('createLoyaltyProgram', body);
await call('enrollInLoyaltyProgram', { programId, userId });
await call('addLoyaltyPoints', { programId, userId, points: 1000 });
const path = `/c/${encodeURIComponent(programId)}`;
const setPrice = (rewardId, requiredPoints) => call('updateReward', { programId, rewardId, requiredPoints });

const WORDS = {
  en: {
    get: 'Get it',
    yes: 'Yes, get it',
    question: (points) => `Spend ${points} points for it?`,
    changed: 'The price has changed. Nothing was taken: look at the new price first.',
    code: 'Show this code at the till',
    over: 'is not reserved for you any more',
    back: 'Give it back',
    points: (count) => `${count} points`,
  },
  de: {
    get: 'Holen',
    yes: 'Ja, holen',
    question: (points) => `${points} Punkte dafür ausgeben?`,
    changed: 'Der Preis hat sich geändert. Es wurde nichts abgezogen: Sehen Sie sich erst den neuen Preis an.',
    code: 'Diesen Code an der Kasse zeigen',
    over: 'ist nicht mehr für Sie reserviert',
    back: 'Zurückgeben',
    points: (count) => `${count} Punkte`,
  },
};

const offer = (page, title) => page.locator('li.panel', { hasText: title });
const priceOf = (page, title, price) => offer(page, title).getByText(price, { exact: true });

/** Let the merchant set a price in the moment in which the customer's tap is on its way. */
async function changeUnderFinger(page, action, rewardId, price) {
  await page.route(`**/api/v1/${action}`, async (route) => {
    await setPrice(rewardId, price);
    await route.fallback();
  }, { times: 1 });
}

async function holdings() {
  const { currentBalance, heldBalance } = await call('getCustomerBalance', { programId, userId });
  return [currentBalance, heldBalance];
}

/** A tap takes the price that stands beside it, or nothing; and the card shows the new one. */
async function takesWhatWasShown(page, problems, language) {
  const words = WORDS[language];
  const [have] = await holdings();
  await changeUnderFinger(page, 'reserveLoyaltyPoints', 'bag', 900);
  await offer(page, 'A bag').getByRole('button', { name: words.get }).click();
  await offer(page, 'A bag').getByText(words.changed).waitFor();
  await priceOf(page, 'A bag', words.points(900)).waitFor();
  assert.deepEqual(await holdings(), [have, 0]);
  await check(page, `spending-price-${language}`, problems);
  // Another price is there without a reload, too.
  await setPrice('bag', 250);
  await priceOf(page, 'A bag', words.points(250)).waitFor();

  await changeUnderFinger(page, 'redeemLoyaltyPoints', 'film', 60);
  await offer(page, 'A film').getByRole('button', { name: words.get }).click();
  await page.getByRole('group', { name: words.question(30) }).getByRole('button', { name: words.yes }).click();
  await offer(page, 'A film').getByText(words.changed).waitFor();
  await priceOf(page, 'A film', words.points(60)).waitFor();
  assert.deepEqual(await holdings(), [have, 0]);
  // By the keyboard: a second click at one place is taken for one of a double click, if it comes at once.
  await offer(page, 'A film').getByRole('button', { name: words.get }).press('Enter');
  await page.getByRole('group', { name: words.question(60) }).waitFor();
  // Whoever is asked for one price and gets another one is asked anew.
  await setPrice('film', 30);
  await priceOf(page, 'A film', words.points(30)).waitFor();
  await page.getByRole('group', { name: words.question(60) }).waitFor({ state: 'detached' });
  await offer(page, 'A film').getByRole('button', { name: words.get }).press('Enter');
  await page.getByRole('group', { name: words.question(30) }).getByRole('button', { name: words.yes }).click();
  await page.locator('.balance', { hasText: words.points(have === 1000 ? 970 : 940) }).waitFor();
}

/** A card that stays open loses the code of what has run out, says so, and has the points again. */
async function runsOut(page, problems, language, have) {
  const words = WORDS[language];
  await offer(page, 'A bag').getByRole('button', { name: words.get }).click();
  const reserved = page.getByRole('group', { name: words.code });
  await reserved.getByRole('img').waitFor();
  await page.locator('.balance', { hasText: words.points(have - 250) }).waitFor();
  await page.clock.fastForward('16:00');
  await reserved.waitFor({ state: 'detached' });
  await page.getByRole('status').filter({ hasText: 'A bag' }).getByText(words.over).waitFor();
  await page.locator('.balance', { hasText: words.points(have) }).waitFor();
  await check(page, `spending-over-${language}`, problems);
}

/** A card that is opened says what is there, and not that something has just come. The clock of its device is wrong by now. */
async function saysNothingOld(page, have) {
  await page.goto('about:blank');
  await call('addLoyaltyPoints', { programId, userId, points: 5 });
  let answer;
  const isSeen = new Promise((resolve) => (answer = resolve));
  await page.route('**/documents:runQuery', async (route) => {
    await isSeen; // What is watched is there first.
    await route.fallback();
  });
  await page.goto(new URL(path, facts.urls.card).href);
  await page.locator('.balance', { hasText: `${have + 5} points` }).waitFor();
  assert.equal(await page.getByText('5 points booked').count(), 0);
  answer();
  await call('addLoyaltyPoints', { programId, userId, points: 7 });
  await page.getByText(`7 points booked. Now ${have + 12} points.`).waitFor();
  await page.reload();
  await page.locator('.balance', { hasText: `${have + 12} points` }).waitFor();
  assert.equal(await page.getByText('7 points booked').count(), 0);
}

try {
  await run(async (browser) => {
    const german = await open(browser, { language: 'de-DE', dark: true });
    await german.page.clock.install();
    await visit(german.page, guest, path, 'de');
    await takesWhatWasShown(german.page, german.problems, 'de');
    await runsOut(german.page, german.problems, 'de', 970);
    await german.context.close();

    // Only that page thought that its time was over.
    const { reservations } = await call('getCustomerBalance', { programId, userId, includeReservations: true });
    await call('voidLoyaltyRedemption', { programId, userId, reservationId: reservations[0].reservationId });
    const { page, problems } = await open(browser, { width: 1280 });
    await page.clock.install();
    await visit(page, guest, path);
    await takesWhatWasShown(page, problems, 'en');
    await runsOut(page, problems, 'en', 940);
    await saysNothingOld(page, 690);
  });
} finally {
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
