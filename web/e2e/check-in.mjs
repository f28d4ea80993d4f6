/** Customers check in: by the poster's link, by the camera, typed, and by position; and are refused. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, check, facts, open, run } from './browser.mjs';
import { cameraOf, writeFilm } from './film.mjs';
import { makeGuest, signIn, visit } from './guests.mjs';

const { storeId } = facts;
/** The demo store's, and two kilometres from it. */
const HERE = { latitude: 52.5311, longitude: 13.3849, accuracy: 12 };
const AWAY = { latitude: 52.5491, longitude: 13.3849, accuracy: 12 };

const { programId } = await call('createLoyaltyProgram', {
  storeId,
  programName: 'Visits',
  programType: 'points',
  rules: { pointsPerEuro: 1, pointsPerCheckin: 5 },
  earningMethods: ['qr_checkin', 'store_checkin'],
  checkInLimit: { perDay: 1 },
  isActive: true,
});
/** A visit brings nothing on it, so it is no card to check in with. */
const { programId: savingsId } = await call('createLoyaltyProgram', {
  storeId,
  programName: 'Visits do not count',
  programType: 'cashback',
  rules: { cashbackPercentage: 3 },
  isActive: true,
});
const poster = await call('getStoreQrCode', { storeId, content: 'link' });
const folder = mkdtempSync(join(tmpdir(), 'film-'));
const film = join(folder, 'poster.y4m');
writeFilm(film, poster.link);

/** A phone's own camera opens the link of a poster. Who is no member yet becomes one on the way. */
async function byLink(browser) {
  const { context, page, problems } = await open(browser);
  await page.goto(poster.link);
  await page.getByText('Sign in to check in.').waitFor();
  await check(page, 'check-in-signed-out', problems);
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  const guest = await makeGuest();
  await call('enrollInLoyaltyProgram', { programId: savingsId, userId: guest.userId });
  await signIn(page, guest);

  await page.getByText('To collect for a visit you need a card').waitFor();
  assert.equal(await page.getByText('Visits do not count').count(), 0);
  await check(page, 'check-in-which-card', problems);
  await page.getByRole('button', { name: /^Get this card\W+Visits$/ }).click();
  await page.getByText(/^Check in at .* now\?$/).waitFor();
  await check(page, 'check-in-asked', problems);
  await page.getByRole('button', { name: 'Check in' }).press('Enter');
  await page.getByText(/^Checked in at/).waitFor();
  await page.getByRole('link', { name: /Visits.*\+5 points.*Now 5 points/ }).waitFor();
  await check(page, 'check-in-done', problems);

  // A poster counts once a day.
  await page.reload();
  await page.getByRole('button', { name: 'Check in' }).click();
  await page.getByText('A poster counts once a day').waitFor();
  await check(page, 'check-in-used', problems);
  await context.close();
}

/** From the card, by the camera; then by position, which is a visit and earns no more today. */
async function byCameraAndPosition(browser) {
  const guest = await makeGuest();
  await call('enrollInLoyaltyProgram', { programId, userId: guest.userId });
  const { context, page, problems } = await open(browser);
  await context.grantPermissions(['camera', 'geolocation']);
  await context.setGeolocation(AWAY);
  await visit(page, guest, `/c/${encodeURIComponent(programId)}`);
  await page.getByRole('link', { name: 'Check in' }).click();
  await page.getByRole('heading', { name: 'Check in', level: 1 }).waitFor();
  await check(page, 'check-in-ways', problems);

  const address = page.url();
  await page.getByLabel('Code on the poster or screen').fill('https://evil.example/#PWS1');
  await page.keyboard.press('Enter');
  await page.getByText('That is no code of a shop.').waitFor();
  assert.equal(page.url(), address);

  await page.getByRole('button', { name: /^I am at / }).click();
  await page.getByText('You are too far away.').waitFor();
  await check(page, 'check-in-away', problems);
  await context.setGeolocation({ ...HERE, accuracy: 900 });
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('does not know exactly enough').waitFor();

  await page.getByRole('button', { name: 'In another way' }).click();
  await page.getByRole('button', { name: 'Scan the code of the shop' }).press('Enter');
  await page.getByText(/^Checked in at/).waitFor();
  await page.getByText('+5 points').waitFor();

  await page.goto(new URL('/check-in', facts.urls.card).href);
  await context.setGeolocation(HERE);
  await page.getByRole('button', { name: /^I am at / }).click();
  await page.getByText('You have earned as often as it counts today.').waitFor();
  await check(page, 'check-in-no-more', problems);
  await context.close();
}

/** In German, without the permission for the position, and with a code that was made up. */
async function refused(browser) {
  const guest = await makeGuest();
  await call('enrollInLoyaltyProgram', { programId, userId: guest.userId });
  const { context, page, problems } = await open(browser, { language: 'de-DE', dark: true, width: 1280 });
  await visit(page, guest, `/check-in?store=${encodeURIComponent(storeId)}`, 'de');
  await page.getByRole('button', { name: /^Ich bin bei / }).click();
  await page.getByText('Der Standort ist hier nicht erlaubt.').waitFor();
  await check(page, 'check-in-german-dark', problems);
  await page.getByRole('button', { name: 'Auf anderem Weg' }).click();
  await page.getByLabel('Code auf Plakat oder Bildschirm').fill(poster.code.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
  await page.getByRole('button', { name: 'Einchecken' }).click();
  await page.getByText('Der Code wurde nicht ganz gelesen.').waitFor();
  await context.close();
}

try {
  await run(async (browser) => {
    await byLink(browser);
    await byCameraAndPosition(browser);
  }, cameraOf(film));
  await run(refused);
} finally {
  rmSync(folder, { recursive: true });
  for (const each of [programId, savingsId]) await call('updateLoyaltyProgram', { programId: each, isActive: false });
}
