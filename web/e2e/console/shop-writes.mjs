/** A shop refuses a customer's card, which the owner sees, and takes it when it is asked again. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { withStandIn } from '../stand-in.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

const named = { storeId: facts.storeId, kind: 'shop', system: 'woocommerce' };

/** The stand-in ends: nothing may be left that refers to it, however the flow went. */
const disconnect = () => call('deleteSyncConfiguration', named).catch(() => undefined);

await run(async (browser) => {
  for (const width of WIDTHS) await withStandIn('shop', (shop, tell) => written(browser, width, shop, tell).finally(disconnect));
});

async function written(browser, width, shop, tell) {
  const number = Math.floor(Date.now() / 1000);
  const userId = `buyer-${randomUUID()}`;
  const { programId } = await call('createLoyaltyProgram', {
    storeId: facts.storeId,
    programName: `Points of the shop ${userId.slice(6, 12)}`,
    programType: 'points',
    rules: { pointsPerEuro: 10 },
    isActive: true,
  });
  await call('enrollInLoyaltyProgram', { programId, userId });
  await call('configureSync', { ...named, credentials: shop, awardPointsProgramId: programId, writesCards: true });
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/developers/connections`);
  await signIn(page, facts.signIns.owner);
  await page.getByRole('heading', { name: 'Written into the shop' }).waitFor();

  // Nobody has an account there yet: the shop refuses the card for good.
  await call('linkShopCustomer', { storeId: facts.storeId, system: 'woocommerce', userId, customerId: String(number) });
  const row = page.getByRole('listitem').filter({ hasText: userId });
  await row.getByText('Given up').waitFor();
  await row.getByText('The shop refuses it, and would again.').waitFor();
  await check(opened, 'shop-write-refused');
  await tell('join', number);
  await row.getByRole('button', { name: 'Try again' }).press('Enter');
  await row.getByText('Written', { exact: true }).waitFor();
  assert.equal(await tell('card', number), 0);
  await check(opened, 'shop-written');
  await context.close();
}
