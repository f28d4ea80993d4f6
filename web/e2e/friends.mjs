/** A member tells a friend, who opens the link, signs in and joins by it; and one with a wrong code. */

import assert from 'node:assert/strict';
import { call, check, facts, open, run } from './browser.mjs';
import { makeGuest, signIn, visit } from './guests.mjs';

const { storeId } = facts;
const { programId } = await call('createLoyaltyProgram', {
  storeId,
  programName: 'Bring a friend',
  programType: 'points',
  rules: { pointsPerEuro: 10 },
  referral: { referrerPoints: 75, newMemberPoints: 25, minimumPurchase: 10 },
  isActive: true,
});
const path = `/c/${encodeURIComponent(programId)}`;

/** Return what the page hands on when it shares. */
async function share(browser, guest) {
  const { context, page, problems } = await open(browser);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await visit(page, guest, path);
  await page.getByRole('link', { name: 'Tell a friend' }).press('Enter');
  await page.getByText('You get 75 points and your friend gets 25 points').waitFor();
  await page.getByText('It counts from €10.00 on.').waitFor();
  const button = page.getByRole('button', { name: 'Share the link' });
  await button.waitFor();
  await check(page, 'friends', problems);
  await button.press('Enter');
  await page.getByText('The link is copied.').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const link = copied.split(' ').at(-1);

  // A phone has a dialogue of its own for that.
  await page.evaluate(() => {
    navigator.share = (data) => {
      globalThis.shared = data;
      return Promise.resolve();
    };
  });
  await button.click();
  await page.waitForFunction(() => globalThis.shared);
  assert.equal(await page.evaluate(() => globalThis.shared.url), link);

  // Without a connection the code is there.
  await page.getByRole('link', { name: 'To the card' }).click();
  await page.getByRole('link', { name: 'Tell a friend' }).waitFor();
  await context.setOffline(true);
  await page.getByText('Nothing newer could be read.').waitFor();
  await page.getByRole('link', { name: 'Tell a friend' }).click();
  await page.getByText(new URL(link).searchParams.get('referralCode')).waitFor();
  await check(page, 'friends-offline', problems);
  await context.setOffline(false);
  return { link, page, context };
}

async function join(browser, link) {
  const { context, page, problems } = await open(browser);
  await page.goto(link);
  const program = page.getByRole('listitem').filter({ hasText: 'Bring a friend' });
  const field = program.getByLabel('Code of a friend');
  await field.waitFor();
  assert.equal(await field.inputValue(), new URL(link).searchParams.get('referralCode'));
  await program.getByText('With it you get 25 points and your friend gets 75 points, after your first purchase. It counts from €10.00 on.').waitFor();
  await check(page, 'friends-invited', problems);
  await program.getByRole('button', { name: /^Get this card/ }).click();
  await signIn(page, await makeGuest());
  await page.getByRole('heading', { name: 'Bring a friend', level: 1 }).waitFor();
  await context.close();
}

/** In German: a code that nobody has joins nobody, until the person says to go without it. */
async function refused(browser) {
  const { context, page, problems } = await open(browser, { language: 'de-DE', dark: true });
  await visit(page, await makeGuest(), `/s/${storeId}`, 'de');
  const program = page.getByRole('listitem').filter({ hasText: 'Bring a friend' });
  await program.getByText('Ich habe einen Code von Freunden').click();
  await program.getByText('Damit bekommen Sie 25 Punkte und wer Sie eingeladen hat 75 Punkte, nach Ihrem ersten Einkauf.').waitFor();
  await program.getByLabel('Code von Freunden').fill('K7M2X9QT4H');
  await program.getByRole('button', { name: /^Diese Karte holen/ }).click();
  await page.getByText('Einen solchen Code von Freunden gibt es nicht.').waitFor();
  await check(page, 'friends-german-dark', problems);
  await program.getByRole('button', { name: 'Karte ohne den Code holen' }).click();
  await page.getByRole('heading', { name: 'Bring a friend', level: 1 }).waitFor();
  await context.close();
}

try {
  await run(async (browser) => {
    const guest = await makeGuest();
    await call('enrollInLoyaltyProgram', { programId, userId: guest.userId });
    const { link, page } = await share(browser, guest);
    await join(browser, link);
    const { pendingReferrals } = await call('getReferralCode', { programId, userId: guest.userId });
    assert.equal(pendingReferrals, 1);
    await page.reload();
    await page.getByText('Joined, not counted yet').waitFor();
    await refused(browser);
  });
} finally {
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
