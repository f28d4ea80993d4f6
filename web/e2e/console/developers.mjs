/** An owner makes a key and ends it; a webhook fails, is seen, mended and replayed; the test switch writes nothing. */

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { check, makePerson, signIn, WIDTHS } from './staff.mjs';

await run(async (browser) => {
  for (const width of WIDTHS) {
    await keys(browser, width);
    await webhooks(browser, width);
  }
});

async function start(browser, width, page_, person = facts.signIns.owner) {
  const opened = await open(browser, { width });
  await opened.page.goto(`${facts.urls.console}/developers/${page_}`);
  await signIn(opened.page, person);
  return opened;
}

/** Make an owner whose older sign-ins count, too. */
async function makeOwner() {
  const owner = await makePerson('keys', { validSince: '1' });
  await call('addStaffMember', { userId: owner.userId, role: 'owner' });
  return owner;
}

/** Call the API with a key of one's own; return the status. */
async function statusOf(key) {
  const headers = { Authorization: `Bearer ${key}` };
  return (await fetch(`${facts.baseUrl}/getMyAccess`, { method: 'POST', headers, body: '{}' })).status;
}

async function keys(browser, width) {
  const owner = await makeOwner();
  const opened = await start(browser, width, 'keys', owner);
  const { page, context } = opened;
  const name = `Web shop ${randomUUID().slice(0, 8)}`;
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
  await page.getByRole('table').waitFor();
  await check(opened, 'developers-keys');

  await page.getByRole('button', { name: 'Make a key' }).press('Enter');
  await page.getByText('Choose what the key is for.').waitFor();
  await page.getByLabel('My server').check();
  await page.getByRole('textbox', { name: 'Where it is used' }).fill(name);
  await signedInLongAgo(page, 'createApiKey');
  await page.keyboard.press('Enter');
  const again = page.getByRole('form', { name: 'Sign in again' });
  await again.getByLabel('Password').fill('wrong');
  await page.unroute('**/createApiKey');
  await page.keyboard.press('Enter');
  await again.getByText('The password is wrong.').waitFor();
  await check(opened, 'developers-sign-in-again');
  await again.getByLabel('Password').fill(owner.password);
  await page.keyboard.press('Enter');
  // What was refused is carried on by itself.
  const shown = page.getByRole('status', { name: 'The new key' });
  await shown.waitFor();
  const key = await shown.locator('code').innerText();
  assert.match(key, /^bk_live_sk_[A-Z0-9]{32}$/);
  assert.equal(await statusOf(key), 200);
  const row = page.getByRole('row', { name });
  await row.waitFor();
  await check(opened, 'developers-key-made');
  await shown.getByRole('button', { name: 'I have kept it' }).press('Enter');
  assert.equal(await page.getByText(key).count(), 0);

  await row.getByRole('button', { name: 'Replace' }).press('Enter');
  await row.getByRole('button', { name: 'Yes, replace it' }).press('Enter');
  await shown.waitFor();
  const next = await shown.locator('code').innerText();
  assert.notEqual(next, key);
  assert.deepEqual([await statusOf(key), await statusOf(next)], [401, 200]);

  await row.getByRole('button', { name: 'Revoke' }).press('Enter');
  await check(opened, 'developers-key-revoking');
  await row.getByRole('button', { name: 'Yes, revoke it' }).press('Enter');
  await row.waitFor({ state: 'detached' });
  assert.equal(await statusOf(next), 401);
  await page.getByLabel('Show revoked keys').check();
  await row.first().getByText(/^Revoked .+, by you$/).waitFor();
  await context.close();
  await call('removeStaffMember', { userId: owner.userId });

  const developer = await start(browser, width, 'keys', facts.signIns.developer);
  await developer.page.getByText('A live secret key may do everything, so only owners').waitFor();
  assert.equal(await developer.page.getByLabel('My server').count(), 0);
  await developer.context.close();
}

/** Let calls of an action come with the sign-in of an hour ago, as a browser that was left open sends them. */
async function signedInLongAgo(page, action) {
  await page.route(`**/${action}`, async (route) => {
    const headers = route.request().headers();
    const [head, claims] = headers.authorization.slice('Bearer '.length).split('.');
    const old = JSON.parse(Buffer.from(claims, 'base64url').toString());
    old.auth_time -= 3600;
    const text = Buffer.from(JSON.stringify(old)).toString('base64url');
    await route.continue({ headers: { ...headers, authorization: `Bearer ${head}.${text}.` } });
  });
}

/** A server of the merchant's that can be broken and mended. */
async function receiver() {
  const seen = [];
  const state = { status: 500, seen };
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part) => (text += part));
    request.on('end', () => {
      seen.push(JSON.parse(text));
      response.writeHead(state.status).end(state.status === 200 ? 'thanks' : 'the database is away');
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { ...state, set: (status) => (state.status = status), url: `http://127.0.0.1:${server.address().port}/hook`, close: () => server.close() };
}

async function webhooks(browser, width) {
  const shop = await receiver();
  const opened = await start(browser, width, 'webhooks');
  const { page, context } = opened;
  await page.getByRole('heading', { name: 'Webhooks' }).waitFor();
  await page.getByLabel('URL').fill('example');
  await page.getByRole('button', { name: 'Add an endpoint' }).press('Enter');
  await page.getByText('Type a whole URL').waitFor();
  await page.getByLabel('URL').fill(shop.url);
  await page.getByLabel('Only some').check();
  await page.getByLabel('member.*').check();
  await check(opened, 'developers-webhooks');
  await page.getByRole('button', { name: 'Add an endpoint' }).press('Enter');
  const secret = page.getByRole('status', { name: 'The signing secret' });
  await secret.getByText(/^whsec_/).waitFor();
  await check(opened, 'developers-webhook-made');

  // Nobody loses it by a tap on a link.
  await page.getByRole('link', { name: shop.url }).click();
  const asked = page.getByRole('dialog', { name: 'Have you kept it?' });
  await asked.waitFor();
  await check(opened, 'developers-secret-asked');
  await asked.getByRole('button', { name: 'Stay here' }).press('Enter');
  await secret.getByRole('button', { name: 'I have kept it' }).press('Enter');
  await secret.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: shop.url }).click();
  await page.getByRole('heading', { name: shop.url }).waitFor();
  await page.getByText('Nothing was sent yet.').waitFor();
  await check(opened, 'developers-webhook');

  // The shop's server answers 500: the delivery is seen with what it said.
  const userId = `member-${randomUUID()}`;
  await call('createMember', { userId, firstName: 'Mila' });
  await page.reload();
  const delivery = page.getByRole('listitem').filter({ hasText: 'member.created' });
  await delivery.getByText('HTTP 500').first().waitFor();
  await delivery.locator('summary').press('Enter');
  await delivery.getByText('the database is away').first().waitFor();
  await check(opened, 'developers-delivery-failed');

  shop.set(200);
  await delivery.getByRole('button', { name: 'Send again' }).press('Enter');
  await delivery.getByText('Arrived').waitFor();
  await delivery.getByText('HTTP 200').first().waitFor();
  assert.equal(shop.seen.at(-1).data.userId, userId);
  await check(opened, 'developers-delivery-arrived');

  await page.getByLabel('Event', { exact: true }).selectOption('member.suspended');
  await page.getByRole('button', { name: 'Send the test' }).press('Enter');
  const sample = page.getByRole('listitem').filter({ hasText: 'member.suspended' });
  await sample.getByText('Arrived').waitFor();

  await page.getByRole('button', { name: 'Delete' }).press('Enter');
  await page.getByRole('button', { name: 'Yes, delete it' }).press('Enter');
  await page.getByRole('heading', { name: 'Webhooks' }).waitFor();
  await page.getByRole('link', { name: shop.url }).waitFor({ state: 'detached' });
  await context.close();
  shop.close();
}
