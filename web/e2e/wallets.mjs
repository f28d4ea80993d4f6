/** A customer puts the card into a wallet: where the operator offers one, and only there. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { call, check, facts, open, run } from './browser.mjs';
import { makeGuest, visit } from './guests.mjs';

const { programId } = await call('createLoyaltyProgram', {
  storeId: facts.storeId,
  programName: 'Corner bakery',
  programType: 'points',
  rules: { pointsPerEuro: 1 },
  branding: { color: '#ffd400' },
  isActive: true,
});
const path = `/c/${encodeURIComponent(programId)}`;
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
const ANDROID =
  'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';

const guest = await makeGuest();
await call('enrollInLoyaltyProgram', { programId, userId: guest.userId });
await call('addLoyaltyPoints', { programId, userId: guest.userId, points: 120 });

/** Open the card on a device; return the names of its buttons for wallets. */
async function buttonsOf(browser, look, name) {
  const { context, page, problems } = await open(browser, look);
  await visit(page, guest, path, look.language === 'de-DE' ? 'de' : 'en');
  const buttons = page.getByRole('button', { name: /Wallet/ });
  await buttons.first().waitFor();
  await check(page, name, problems);
  const names = await buttons.allTextContents();
  return { context, page, names };
}

await run(async (browser) => {
  const desk = await buttonsOf(browser, { width: 1280, language: 'de-DE' }, 'wallets-german-wide');
  assert.deepEqual(desk.names, ['Zu Apple Wallet hinzufügen', 'Zu Google Wallet hinzufügen']);
  await desk.context.close();

  const android = await buttonsOf(browser, { agent: ANDROID, dark: true }, 'wallets-android-dark');
  assert.deepEqual(android.names, ['Add to Google Wallet']);
  await android.context.close();

  const { context, page, names } = await buttonsOf(browser, { agent: IPHONE }, 'wallets-iphone');
  assert.deepEqual(names, ['Add to Apple Wallet']);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Add to Apple Wallet' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'card.pkpass');
  const file = readFileSync(await download.path());
  assert.equal(file.subarray(0, 2).toString(), 'PK');
  assert.ok(file.includes('pass.json'));

  // Who has left meanwhile, at the till for example, gets none, and is told so.
  await call('leaveLoyaltyProgram', { programId, userId: guest.userId });
  await page.getByRole('button', { name: 'Add to Apple Wallet' }).click();
  await page.getByRole('alert').waitFor();
  await context.close();
});
