/**
 * A customer buys a reward of the online shop; the code stays in the card until it is used. The code of
 * a till is gone from a card that is open as soon as a till has used it.
 */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { call, check, facts, open, run } from './browser.mjs';
import { makeGuest, visit } from './guests.mjs';

const { storeId } = facts;
const system = 'generic';

/** A shop of our own contract that takes every code. */
const shop = createServer((request, answer) => {
  request.resume();
  request.on('end', () => {
    answer.setHeader('Content-Type', 'application/json');
    answer.end(JSON.stringify({ id: 'code-1', orders: [] }));
  });
});
await new Promise((ready) => shop.listen(0, '127.0.0.1', ready));

const url = `http://127.0.0.1:${shop.address().port}`;
const { programId } = await call('createLoyaltyProgram', {
  storeId,
  programName: 'Online points',
  programType: 'points',
  rules: { pointsPerEuro: 1 },
  isActive: true,
});
await call('configureSync', {
  kind: 'shop',
  system,
  storeId,
  credentials: { webhookSecret: 'secret-of-the-shop-in-a-flow', writeUrl: url },
  awardPointsProgramId: programId,
  schedule: 'none',
});
await call('createReward', {
  programId,
  rewardId: 'online',
  title: 'Ten percent online',
  type: 'discount_percent',
  percentage: 10,
  requiredPoints: 30,
  shop: { system },
});
await call('createReward', { programId, rewardId: 'coffee', title: 'A coffee', type: 'free_product', productId: 'coffee', requiredPoints: 5 });
const guest = await makeGuest();
const { userId } = guest;
await call('enrollInLoyaltyProgram', { programId, userId });
await call('addLoyaltyPoints', { programId, userId, points: 40, transactionId: `online-${programId}` });

try {
  await run(async (browser) => {
    const { page, problems } = await open(browser);
    const card = `/c/${encodeURIComponent(programId)}`;
    await visit(page, guest, card);
    await page.locator('.balance', { hasText: '40 points' }).waitFor();
    await page.getByText('For the online shop').waitFor();
    // Who the shop does not know reads that before a question, not after it.
    await page.getByText('Link your account in the online shop first').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Get it Ten percent online' }).count(), 0);
    await check(page, 'shop-reward-unlinked', problems);
    await call('linkShopCustomer', { storeId, system, userId, customerId: randomUUID() });
    await page.reload();
    await page.getByRole('button', { name: 'Get it Ten percent online' }).click();
    const question = page.getByRole('group', { name: 'Spend 30 points for it?' });
    await check(page, 'shop-reward-question', problems);
    await question.getByRole('button', { name: 'Yes, get it' }).click();

    // What is left does not pay another one; the code is there all the same, also after a reload.
    await page.locator('.balance', { hasText: '10 points' }).waitFor();
    await page.getByText('20 points missing').waitFor();
    const codes = page.getByRole('listitem').filter({ hasText: 'Type this code in the online shop' });
    await codes.waitFor();
    const code = (await codes.locator('.text').textContent()) ?? '';
    const { redemptions } = await call('listRedemptions', { programId, userId, status: 'redeemed' });
    assert.deepEqual([code], redemptions.map((each) => each.rewardCode));
    await page.reload();
    await codes.waitFor();
    await check(page, 'shop-reward-code', problems);

    // A card that is open loses the code of a till at its use, which changes no balance.
    const redeem = () => call('redeemLoyaltyPoints', { programId, userId, rewardId: 'coffee', points: 5 });
    const use = (rewardCode) => call('useRewardCode', { storeId, rewardCode });
    const atTheTill = page.getByRole('listitem').filter({ hasText: 'Show this code at the till' });
    const { rewardCode } = await redeem();
    await atTheTill.getByText(rewardCode).waitFor();
    await check(page, 'till-code', problems);
    await use(rewardCode);
    await atTheTill.waitFor({ state: 'detached' });
    // So it does if the till hands it out at once: the two calls may be seen one by one.
    const listed = page.waitForResponse((answer) => answer.url().includes('listRedemptions'));
    await use((await redeem()).rewardCode);
    await page.locator('.balance', { hasText: /^0 points$/ }).waitFor();
    await listed;
    await atTheTill.waitFor({ state: 'detached' });
    await codes.waitFor();
  });
} finally {
  shop.close();
  await call('deleteSyncConfiguration', { kind: 'shop', system, storeId });
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
