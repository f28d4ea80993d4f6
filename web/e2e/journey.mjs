/**
 * The whole journey, without a terminal: a merchant makes a program and prints its poster; a customer
 * joins, checks in, is scanned at the till, sees the points and redeems a reward; the merchant sees it
 * all, and sends a webhook again that has failed. The second argument is a folder for the pictures of
 * docs/tour.md.
 */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, facts, open, run } from './browser.mjs';
import { signIn } from './console/staff.mjs';
import { cameraOf, writeFilm } from './film.mjs';
import { makeGuest, signIn as signInGuest } from './guests.mjs';
import { codesIn } from './pdf.mjs';

const PROGRAM = 'Coffee club';
const REWARD = 'A coffee';
const pictures = process.argv[3];
const folder = mkdtempSync(join(tmpdir(), 'journey-'));
const film = join(folder, 'member-code.y4m');
const guest = await makeGuest();
const shop = await receiver();
let taken = 0;

try {
  await run(async (browser) => {
    const owner = await merchant(browser);
    await program(owner.page);
    const [store, checkIn] = await poster(browser, owner.page);
    await webhook(owner.page);
    const customer = await open(browser);
    const code = await joins(customer.page, store, checkIn);
    writeFilm(film, code);
    await run(async (tills) => purchase(tills, customer.page), cameraOf(film));
    await seen(owner.page);
    for (const { problems } of [owner, customer]) assert.deepEqual(problems, []);
  });
} finally {
  shop.close();
  rmSync(folder, { recursive: true });
  await tidy();
}

async function merchant(browser) {
  const opened = await open(browser);
  const { page } = opened;
  await page.goto(facts.urls.console);
  await signIn(page, facts.signIns.owner);
  await page.getByRole('heading', { name: 'Start', level: 1 }).waitFor();
  await page.getByRole('region', { name: 'Today' }).getByText('Issued').waitFor();
  await picture(page, 'start');
  return opened;
}

async function program(page) {
  const goOn = () => page.getByRole('button', { name: 'Go on' }).click();
  await section(page, 'Programs');
  await page.getByRole('link', { name: 'New program' }).click();
  await page.getByRole('radio', { name: 'Points' }).check();
  await goOn();
  await page.getByLabel('Name of the program').fill(PROGRAM);
  await goOn();
  await page.getByLabel('Points for each €1').fill('10');
  await page.getByLabel('First reward (optional)').fill(REWARD);
  await page.getByText('A customer who spends €12.90 gets 129 points.').waitFor();
  await page.getByText(`For 100 points: ${REWARD}.`).waitFor();
  await page.getByLabel('A visit brings something, too').check();
  await picture(page, 'wizard');
  await goOn();
  await page.getByRole('radio', { name: 'Green' }).check();
  await page.getByRole('region', { name: 'Preview' }).scrollIntoViewIfNeeded();
  await picture(page, 'preview');
  await goOn();
  await page.getByRole('button', { name: 'Open it' }).click();
  await page.getByText('Your program is open.').waitFor();
}

/** Print the poster; return what its two codes say: the store's page, and the check-in. */
async function poster(browser, page) {
  await page.getByRole('link', { name: 'Poster to print' }).click();
  await page.getByLabel('With the code for check-ins').check();
  await page.getByRole('img', { name: 'Preview of the poster' }).waitFor();
  await picture(page, 'poster');
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Make the PDF' }).click();
  const codes = await codesIn(browser, readFileSync(await (await coming).path()), 2);
  const checkIn = codes.find((each) => each.includes('/check-in#'));
  const store = codes.find((each) => each !== checkIn);
  assert.ok(store && checkIn, codes.join(' '));
  return [store, checkIn];
}

async function webhook(page) {
  await section(page, 'Developers');
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await page.getByLabel('URL').fill(shop.url);
  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  const secret = page.getByRole('status', { name: 'The signing secret' });
  await secret.getByText(/^whsec_/).waitFor();
  await secret.getByRole('button', { name: 'I have kept it' }).press('Enter');
}

/** Scan the poster by the phone's own camera, join and check in; return the code to show at the till. */
async function joins(page, store, checkIn) {
  await page.goto(store);
  const card = page.getByRole('listitem').filter({ hasText: PROGRAM });
  await card.scrollIntoViewIfNeeded();
  await picture(page, 'store');
  await card.getByRole('button', { name: 'Get this card' }).click();
  await signInGuest(page, guest);
  await page.getByRole('img', { name: 'Show this at the till' }).waitFor();
  await page.getByText('0 points', { exact: true }).waitFor();
  const home = page.url();
  const code = await page.locator('.code .text').first().textContent();

  await page.goto(checkIn);
  await page.getByRole('button', { name: 'Check in' }).click();
  await page.getByText(/^Checked in at/).waitFor();
  await picture(page, 'check-in');
  await page.goto(home);
  await page.getByRole('img', { name: 'Show this at the till' }).waitFor();
  await picture(page, 'card');
  return code.replaceAll(/\s/g, '');
}

/** At the counter: the customer is scanned, buys something, sees the points, and gets a reward. */
async function purchase(browser, phone) {
  const { page, problems } = await open(browser);
  await page.goto(`${facts.urls.console}/till`);
  await signIn(page, facts.signIns.cashier);
  const scan = () => page.getByRole('button', { name: 'Scan with the camera' }).click();
  await scan();
  const amount = page.getByLabel(/^Amount of the purchase/);
  await page.getByRole('button', { name: 'Another customer' }).waitFor();
  const choice = page.getByLabel('Program');
  if (await choice.count()) await choice.selectOption({ label: PROGRAM });
  await amount.fill('12.90');
  await picture(page, 'till');
  await page.keyboard.press('Enter');
  await page.getByText(/^129 points for /).waitFor();
  await picture(page, 'booked');
  await phone.getByText(/^129 points booked\. Now \d+ points\.$/).waitFor();
  await picture(phone, 'arrived');

  await phone.getByRole('button', { name: /^Get it/ }).first().click();
  const held = phone.getByRole('group', { name: 'Show this code at the till' });
  await held.waitFor();
  await held.scrollIntoViewIfNeeded();
  await picture(phone, 'reward');
  const code = (await held.locator('.text').first().textContent()).replaceAll(/\s/g, '');
  await page.getByLabel('Code of the reward').fill(code);
  await page.keyboard.press('Enter');
  const handOut = page.getByText(`Hand over now: ${REWARD}.`);
  await handOut.waitFor();
  await handOut.scrollIntoViewIfNeeded();
  await picture(page, 'hand-out');
  await held.waitFor({ state: 'detached' });
  assert.deepEqual(problems, []);
}

/** The merchant finds the customer by the address of the sign-in, sees the history, and sends again what has failed. */
async function seen(page) {
  await section(page, 'Members');
  await page.getByLabel(/^Name, e-mail/).fill(guest.email);
  await page.keyboard.press('Enter');
  const history = page.locator('section', { has: page.getByRole('heading', { name: PROGRAM }) });
  await history.getByText('Redeemed').first().waitFor();
  await history.scrollIntoViewIfNeeded();
  await picture(page, 'member');

  await section(page, 'Developers');
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await page.getByRole('link', { name: shop.url }).click();
  const delivery = page.getByRole('listitem').filter({ hasText: 'loyalty.points_earned' }).first();
  await delivery.getByText('HTTP 500').first().waitFor();
  await delivery.scrollIntoViewIfNeeded();
  await picture(page, 'failed');
  shop.mend();
  await delivery.getByRole('button', { name: 'Send again' }).click();
  await delivery.getByText('Arrived').waitFor();
  await picture(page, 'replayed');
  assert.ok(shop.received().some((each) => each.type === 'loyalty.points_earned'));
}

async function section(page, name) {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
}

/** A server of the merchant's that answers 500 until it is mended. */
async function receiver() {
  const events = [];
  let status = 500;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += part));
    request.on('end', () => {
      if (status === 200) events.push(JSON.parse(text));
      response.writeHead(status).end();
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`,
    mend: () => (status = 200),
    received: () => events,
    close: () => server.close(),
  };
}

/** Leave nothing in the way of another run. */
async function tidy() {
  const { programs } = await call('getLoyaltyPrograms', { storeId: facts.storeId });
  for (const { programId, programName, isActive } of programs) {
    if (isActive && programName === PROGRAM) await call('updateLoyaltyProgram', { programId, isActive: false });
  }
  const { webhooks } = await call('listWebhookEndpoints', { storeId: facts.storeId });
  for (const { webhookId, url } of webhooks) {
    if (url === shop.url) await call('deleteWebhookEndpoint', { webhookId });
  }
}

/** Take a picture, small enough to be kept with the documents. */
async function picture(page, name) {
  taken += 1;
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  const path = `${pictures}/${String(taken).padStart(2, '0')}-${name}.jpg`;
  await page.screenshot({ path, type: 'jpeg', quality: 70 });
}
