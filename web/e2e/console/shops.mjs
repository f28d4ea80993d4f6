/** A shop is connected on a page of its own, without copying a key. */

import assert from 'node:assert/strict';
import { call, facts, open, run } from '../browser.mjs';
import { withStandIn } from '../stand-in.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

const SHOP = 'https://shop.example.com';
const named = { storeId: facts.storeId, kind: 'shop', system: 'woocommerce' };

/** The stand-in ends: nothing may be left that refers to it, however the flow went. */
const disconnect = () => call('deleteSyncConfiguration', named).catch(() => undefined);

await run(async (browser) => {
  for (const width of WIDTHS) await withStandIn('site', (site, tell) => connected(browser, width, site, tell).finally(disconnect));
});

/** The merchant says yes on the shop's page, which gives a key to our server and sends the browser back. */
async function connected(browser, width, site, tell) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await standFor(context, site, tell);
  await page.goto(`${facts.urls.console}/developers/connections`);
  await signIn(page, facts.signIns.developer);
  const connect = page.locator('section', { has: page.getByRole('heading', { name: 'Connect', exact: true }) });
  await connect.getByLabel('What').selectOption('shop');
  await connect.getByLabel('Which').selectOption('woocommerce');
  await connect.getByLabel('Receipts and orders earn in').selectOption({ index: 1 });
  await connect.getByLabel('Customers see their card in the shop').check();
  const byPage = connect.locator('form', { has: page.getByRole('heading', { name: 'By a page of the shop' }) });
  await byPage.getByRole('button', { name: 'Ask for the page' }).press('Enter');
  await byPage.getByText('This is needed.').waitFor();
  await byPage.getByLabel('Shop URL').fill(SHOP);
  await page.keyboard.press('Enter');
  const link = byPage.getByRole('link', { name: 'Open the page of the shop' });
  await link.waitFor();
  await check(opened, 'shop-page');

  const [shop] = await Promise.all([context.waitForEvent('page'), link.press('Enter')]);
  await shop.getByRole('button', { name: 'Approve' }).click();
  await shop.getByText(/connected/i).first().waitFor();
  await shop.close();
  await page.bringToFront();
  await page.getByRole('region', { name: 'WooCommerce Online shop' }).waitFor();
  await byPage.getByText('Connected.').waitFor();
  await check(opened, 'shop-connected');
  assert.ok((await tell('webhooks')) > 0);
  await context.close();
}

/** Stand for the shop's address: its server is here, and its page is that of `class-wc-auth.php`. */
async function standFor(context, site, tell) {
  await context.route('**/connectShop', (route) => {
    const body = route.request().postDataJSON();
    body.credentials.baseUrl = site.baseUrl;
    return route.continue({ postData: JSON.stringify(body) });
  });
  await context.route(`${SHOP}/**`, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    if (route.request().method() === 'GET') {
      const body = '<!doctype html><title>Shop</title><form method="post"><button>Approve</button></form>';
      return route.fulfill({ contentType: 'text/html', body });
    }
    const key = await tell('key', query.get('user_id'), query.get('scope'));
    const headers = { 'Content-Type': 'application/json;charset=UTF-8' };
    const sent = await fetch(query.get('callback_url'), { method: 'POST', headers, body: JSON.stringify(key) });
    assert.equal(sent.status, 200);
    const back = new URL(query.get('return_url'));
    back.searchParams.set('success', '1');
    back.searchParams.set('user_id', query.get('user_id'));
    return route.fulfill({ status: 302, headers: { Location: back.href } });
  });
}
