/** A customer who had no card at the till claims the receipt: by the camera, once, and typed. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, check, facts, open, run } from './browser.mjs';
import { cameraOf, writeFilm } from './film.mjs';
import { makeGuest, visit } from './guests.mjs';

const { storeId } = facts;
const { programId } = await call('createLoyaltyProgram', {
  storeId,
  programName: 'Receipts',
  programType: 'points',
  rules: { pointsPerEuro: 10 },
  receiptClaims: { perDay: 2, withinDays: 14 },
  isActive: true,
});
const path = `/c/${encodeURIComponent(programId)}`;

/** The till prints a receipt for somebody without a card. */
async function print(purchaseAmount, transactionId = `receipt-${randomUUID()}`) {
  return (await call('createReceiptClaim', { storeId, transactionId, purchaseAmount })).code;
}

async function makeMember() {
  const guest = await makeGuest();
  await call('enrollInLoyaltyProgram', { programId, userId: guest.userId });
  return guest;
}

const folder = mkdtempSync(join(tmpdir(), 'film-'));
const film = join(folder, 'receipt.y4m');
const firstId = `receipt-${randomUUID()}`;
const first = await print(12.5, firstId);
writeFilm(film, first);

async function claims(browser) {
  const { context, page, problems } = await open(browser);
  await context.grantPermissions(['camera']);
  await visit(page, await makeMember(), path);
  await page.getByRole('link', { name: 'Claim a receipt' }).press('Enter');
  await page.getByRole('heading', { name: 'Claim a receipt', level: 1 }).waitFor();
  await page.getByLabel('Code on the receipt').waitFor();
  await check(page, 'receipt', problems);

  await page.getByRole('button', { name: 'Scan the receipt' }).press('Enter');
  await page.getByText('The receipt of €12.50 is yours.').waitFor();
  await page.getByRole('link', { name: /Receipts.*\+125 points.*Now 125 points/ }).waitFor();
  await check(page, 'receipt-claimed', problems);

  await page.getByRole('button', { name: 'Another receipt' }).click();
  await page.getByLabel('Code on the receipt').fill('a receipt');
  await page.keyboard.press('Enter');
  await page.getByText('That is no code of a receipt.').waitFor();
  await page.getByLabel('Code on the receipt').fill(await print(3));
  await page.keyboard.press('Enter');
  await page.getByText('The receipt of €3.00 is yours.').waitFor();
  await page.getByRole('button', { name: 'Another receipt' }).click();
  await page.getByLabel('Code on the receipt').fill(await print(4));
  await page.keyboard.press('Enter');
  await page.getByText('You have claimed as many receipts as count today.').waitFor();
  await check(page, 'receipt-limit', problems);
  await page.getByLabel('Code on the receipt').fill('a receipt');
  await page.keyboard.press('Enter');
  await page.getByText('That is no code of a receipt.').waitFor();
  assert.equal(await page.getByText('You have claimed as many').count(), 0); // That was of another code.

  // Claimed once more it is told as what it is, with what it brought then.
  await page.getByLabel('Code on the receipt').fill(first);
  await page.keyboard.press('Enter');
  await page.getByText('You have claimed this receipt of €12.50 before. It counts once.').waitFor();
  await page.getByRole('link', { name: /Receipts.*Brought 125 points.*Now 155 points/ }).waitFor();
  assert.equal(await page.getByText('+125 points').count(), 0);
  await check(page, 'receipt-again', problems);

  // The card has it all, and what came back since.
  await page.getByRole('link', { name: 'To the card' }).click();
  await page.locator('.balance', { hasText: '155 points' }).waitFor();
  await call('voidReceiptClaim', { storeId, transactionId: firstId, returnedAmount: 5 });
  await page.locator('.entry', { hasText: 'Goods came back: Receipt' }).getByText('-50 points').waitFor();
  await check(page, 'receipt-goods-back', problems);
  await context.close();
}

/** Somebody else has it: in German, with the keyboard alone. */
async function isLate(browser) {
  const { context, page, problems } = await open(browser, { language: 'de-DE', dark: true, width: 1280 });
  await visit(page, await makeMember(), `${path}/receipt`, 'de');
  await page.getByLabel('Code auf dem Beleg').fill(first);
  await page.keyboard.press('Enter');
  await page.getByText('Diesen Beleg hat schon jemand.').waitFor();
  await check(page, 'receipt-german-dark', problems);
  await context.close();
}

try {
  await run(async (browser) => {
    await claims(browser);
    await isLate(browser);
  }, cameraOf(film));
} finally {
  rmSync(folder, { recursive: true });
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
