/** What a card tells of itself: campaigns, what expires, levels, stamps that fill, and its history. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, check, facts, open, run } from './browser.mjs';
import { makeGuest, visit } from './guests.mjs';

const { storeId } = facts;
const guest = await makeGuest();
const { userId } = guest;
const { name: storeName } = (await call('fetchStore', { storeId })).store;

async function makeProgram(programName, programType, rules, more = {}) {
  const body = { storeId, programName, programType, rules, isActive: true, ...more };
  const { programId } = await call('createLoyaltyProgram', body);
  await call('enrollInLoyaltyProgram', { programId, userId });
  return programId;
}

const earn = (programId, points) => call('addLoyaltyPoints', { programId, userId, points });
const path = (programId) => `/c/${encodeURIComponent(programId)}`;

const points = await makeProgram('Standing', 'points', { pointsPerEuro: 10, pointsPerCheckin: 0 }, { pointsExpiry: { afterDays: 60 } });
const stamps = await makeProgram('Filling', 'stamps', { requiredStamps: 10 }, {
  rewards: [
    { rewardId: 'tea', title: 'A tea', type: 'free_product', requiredPoints: 5, validUntil: '2099-12-24T23:00:00Z' },
    { rewardId: 'dinner', title: 'A dinner', type: 'free_product', requiredPoints: 50 },
  ],
});
const full = await makeProgram('Full', 'stamps', { requiredStamps: 3 }, {
  rewards: [
    { rewardId: 'coffee', title: 'A coffee', type: 'free_product', requiredPoints: 3 },
    { rewardId: 'cake', title: 'A cake', type: 'free_product', requiredPoints: 2 },
  ],
});
const cashback = await makeProgram('Saving', 'cashback', { cashbackPercentage: 5 });
const levels = await makeProgram('Rising', 'tier', {
  pointsPerEuro: 10,
  tiers: [
    { name: 'Bronze', minPoints: 0 },
    { name: 'Silver', minPoints: 100, multiplier: 1.5, benefits: ['Free delivery', 'A cake on your birthday'] },
    { name: 'Gold', minPoints: 500, multiplier: 2, benefits: ['All of Silver', 'Two guests at each tasting'] },
  ],
});
await call('createCampaign', {
  programId: points,
  name: 'Quiet afternoons',
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: '2099-12-30T23:00:00Z',
  multiplier: 2,
  minimumSpend: 10,
  categories: ['coffee'],
  happyHours: [{ weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'], start: '14:00', end: '16:30' }],
});
await earn(points, 100);
await call('updateLoyaltyProgram', { programId: points, pointsExpiry: { afterDays: 90 } });
for (let turn = 0; turn < 11; turn += 1) await earn(points, 2);
await earn(stamps, 3);
await earn(levels, 200);

async function tellsWhatRunsAndExpires(page, problems) {
  await visit(page, guest, path(points));
  await page.locator('.balance', { hasText: '122 points' }).waitFor();
  await page.getByText('2 times as much for each purchase of certain goods, from €10.00 on').waitFor();
  await page.getByText('Mon–Fri, 14:00 to 16:30').waitFor();
  // It ends at midnight in Berlin: the day before is the last one, wherever the phone is.
  await page.getByText('until 30 Dec 2099', { exact: true }).waitFor();
  await page.getByText(/^100 points can be spent until/).waitFor();
  // A visit brings nothing here.
  await page.getByRole('link', { name: `All cards of ${storeName}` }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Check in' }).count(), 0);
  await page.getByText('What expires when').press('Enter');
  await page.getByText(/^22 points until/).waitFor();
  await check(page, 'standing', problems);
}

/** What is booked after earlier entries were read is shown all the same. */
async function keepsItsHistory(page) {
  const history = page.locator('.entry');
  assert.equal(await history.count(), 10);
  await page.getByRole('button', { name: 'Earlier' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.entry').length === 12);
  await earn(points, 7);
  await page.getByText('7 points booked. Now 129 points.').waitFor();
  await history.first().filter({ hasText: '+7 points' }).waitFor();
  assert.equal(await history.count(), 13);
}

/** Who thinks of getting a card reads what it brings. */
async function promises(page, problems) {
  await page.goto(new URL(`/s/${encodeURIComponent(storeId)}`, facts.urls.card).href);
  await page.getByRole('listitem').filter({ hasText: 'Full' }).getByText('For a full card: A coffee').waitFor();
  assert.equal(await page.getByText('the shop gets your').count(), 1);
  await check(page, 'standing-promises', problems);
}

/** Stamps that come fill with a small movement, and with none for who wants none. */
async function fills(page, isCalm, have) {
  await page.emulateMedia({ reducedMotion: isCalm ? 'reduce' : 'no-preference' });
  await page.goto(new URL(path(stamps), facts.urls.card).href);
  const full = (count) => page.waitForFunction((wanted) => document.querySelectorAll('.stamps .full').length === wanted, count);
  await full(have); // What was kept from the last visit is shown first.
  await earn(stamps, 2);
  await full(have + 2);
  assert.equal(await page.locator('.stamps .new').count(), 2);
  const name = await page.locator('.stamps .new').first().evaluate((each) => globalThis.getComputedStyle(each).animationName);
  assert.equal(name === 'none', isCalm);
}

/** What is reserved is said beside what is free, also when a stamp of it is undone. */
async function reserves(browser, language, stamped) {
  const transactionId = randomUUID();
  await call('addLoyaltyPoints', { programId: full, userId, points: stamped, transactionId });
  const { context, page, problems } = await open(browser, { language, dark: language === 'de-DE' });
  const isGerman = language === 'de-DE';
  const say = (english, german) => page.getByText(isGerman ? german : english, { exact: true });
  const balance = (english, german) => page.locator('.balance', { hasText: isGerman ? german : english }).waitFor();
  await visit(page, guest, path(full), isGerman ? 'de' : 'en');
  await balance('3 of 3 stamps', '3 von 3 Stempeln');
  await say('and 1 stamp for the next card', 'und 1 Stempel für die nächste Karte').waitFor();
  const { reservationId } = await call('reserveLoyaltyPoints', { programId: full, userId, rewardId: 'coffee' });
  await balance('1 of 3 stamps', '1 von 3 Stempeln');
  await say('Reserved: 3 stamps', 'Reserviert: 3 Stempel').waitFor();
  await say('Reserved for you: see above.', 'Für Sie reserviert: siehe oben.').waitFor();
  await say('1 stamp missing', 'Noch 1 Stempel').waitFor(); // For the cake.
  await page.getByText(isGerman ? /bekommen Sie 3 Stempel zurück\.$/ : /you get 3 stamps back\.$/).waitFor();
  await check(page, `standing-reserved-${language}`, problems);
  await call('reverseLoyaltyTransaction', { programId: full, userId, transactionId, points: 2, refundId: randomUUID() });
  await balance('0 of 3 stamps', '0 von 3 Stempeln');
  await page.getByText(isGerman ? 'Noch 1 Stempel, dann ist der Code wieder da.' : '1 stamp missing. The code is here again').waitFor();
  await say('Reserved: 2 stamps', 'Reserviert: 2 Stempel').waitFor();
  await check(page, `standing-undone-${language}`, problems);
  await call('voidLoyaltyRedemption', { programId: full, userId, reservationId });
  await balance('2 of 3 stamps', '2 von 3 Stempeln');
  await context.close();
}

async function showsLevels(page, problems, name, factors) {
  await page.goto(new URL(path(levels), facts.urls.card).href);
  await page.getByRole('heading', { name: 'Silver' }).waitFor();
  await page.getByText('A cake on your birthday').waitFor();
  for (const each of factors) await page.getByText(each, { exact: true }).waitFor();
  const width = await page.locator('.loyalty-card .bar > span').evaluate((each) => each.style.width);
  assert.equal(width, '25%');
  await check(page, name, problems);
}

/** Cashback pays at the till, and needs no rewards. Who leaves reads what stays, and has it again. */
async function savesAndComesBack(page, problems) {
  await call('addLoyaltyPoints', { programId: cashback, userId, purchaseAmount: 100, transactionId: randomUUID() });
  await page.goto(new URL(path(cashback), facts.urls.card).href);
  await page.locator('.balance', { hasText: '5,00 €' }).waitFor();
  await page.locator('.loyalty-card').getByText(storeName).waitFor();
  await page.getByText('Damit zahlen Sie an der Kasse').waitFor();
  await page.locator('.entry', { hasText: 'Einkauf: 100,00 €' }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Prämien' }).count(), 0);
  await page.getByRole('button', { name: 'Aus dem Programm austreten' }).click();
  const question = page.getByRole('group', { name: 'Austreten? Ihr Guthaben (5,00 €) bleibt gespeichert' });
  await question.waitFor();
  await check(page, 'standing-leaving-german-dark', problems);
  await question.getByRole('button', { name: 'Ja, austreten' }).click();
  await page.waitForURL((url) => url.pathname === '/cards');
  await page.goto(new URL(`/s/${encodeURIComponent(storeId)}`, facts.urls.card).href);
  const offer = page.getByRole('listitem').filter({ hasText: 'Saving' });
  await offer.getByRole('button', { name: /^Diese Karte holen/ }).click();
  await page.locator('.balance', { hasText: '5,00 €' }).waitFor();
}

const ENDED = {
  en: {
    mark: 'Ended',
    balance: '7 of 10 stamps',
    enough: 'Enough for: A tea',
    told: 'The shop has ended this program.',
    get: 'Get it',
    code: 'Show this code at the till',
    rest: '2 of 10 stamps',
    back: 'Give it back',
    checkIn: 'Check in',
  },
  de: {
    mark: 'Beendet',
    balance: '7 von 10 Stempeln',
    enough: 'Reicht für: A tea',
    told: 'Der Laden hat dieses Programm beendet.',
    get: 'Holen',
    code: 'Diesen Code an der Kasse zeigen',
    rest: '2 von 10 Stempeln',
    back: 'Zurückgeben',
    checkIn: 'Einchecken',
  },
};

/** Where a program has ended nobody collects, and what a member has can be spent all the same. */
async function spendsAfterTheEnd(page, problems, language) {
  const words = ENDED[language];
  await page.goto(new URL('/cards', facts.urls.card).href);
  const card = page.locator('.loyalty-card', { hasText: 'Filling' });
  await card.getByText(words.mark, { exact: true }).waitFor();
  await card.getByText(words.balance).waitFor();
  await card.getByText(words.enough).waitFor();
  await check(page, `standing-ended-list-${language}`, problems);
  await card.click();
  await page.getByText(words.told).waitFor();
  await page.getByRole('button', { name: words.get }).click();
  const reserved = page.getByRole('group', { name: words.code });
  await reserved.getByRole('img').waitFor();
  await page.locator('.balance', { hasText: words.rest }).waitFor();
  assert.equal(await page.getByText('A dinner').count(), 0);
  assert.equal(await page.getByRole('link', { name: words.checkIn }).count(), 0);
  await check(page, `standing-ended-${language}`, problems);
  await reserved.getByRole('button', { name: words.back }).click();
  await page.locator('.balance', { hasText: words.balance }).waitFor();
}

try {
  await run(async (browser) => {
    // Phones far from the store: its clock decides.
    const { context, page, problems } = await open(browser, { zone: 'Pacific/Kiritimati' });
    await tellsWhatRunsAndExpires(page, problems);
    await keepsItsHistory(page);
    await promises(page, problems);
    await fills(page, false, 3);
    await page.getByRole('link', { name: 'Check in' }).waitFor();
    await page.getByText('until 24 Dec 2099', { exact: true }).waitFor();
    await check(page, 'standing-stamps', problems);
    await fills(page, true, 5);
    await showsLevels(page, problems, 'standing-levels', ['1.5 times as much for each purchase', '2 times as much for each purchase']);
    await context.close();
    await reserves(browser, 'en-GB', 4);
    await reserves(browser, 'de-DE', 2); // Two are left of the first time.

    const german = await open(browser, { language: 'de-DE', dark: true, width: 1280, zone: 'America/Los_Angeles' });
    await visit(german.page, guest, path(points), 'de');
    await german.page.getByText('bis 30.12.2099', { exact: true }).waitFor();
    await german.page.getByText('2-mal so viel für jeden Einkauf bestimmter Waren, ab 10,00 €').waitFor();
    await german.page.getByText('Mo–Fr, 14:00 bis 16:30').waitFor();
    await check(german.page, 'standing-german-dark', german.problems);
    await showsLevels(german.page, german.problems, 'standing-levels-german-dark', ['1,5-fach für jeden Einkauf', '2-fach für jeden Einkauf']);
    await savesAndComesBack(german.page, german.problems);
    await call('updateLoyaltyProgram', { programId: stamps, isActive: false });
    await spendsAfterTheEnd(german.page, german.problems, 'de');
    await german.context.close();
    const english = await open(browser);
    await visit(english.page, guest, '/cards');
    await spendsAfterTheEnd(english.page, english.problems, 'en');
  });
} finally {
  for (const programId of [points, stamps, full, cashback, levels]) await call('updateLoyaltyProgram', { programId, isActive: false });
}
