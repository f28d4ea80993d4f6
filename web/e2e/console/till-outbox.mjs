/** What the till keeps: codes that change, slow answers, two tabs, and a browser that can keep nothing. */

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { amounts, book, emptied, holdBookings, till, WHO } from './counter.mjs';
import { makeMember } from './customers.mjs';
import { check, signIn } from './staff.mjs';

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const base32 = (number, length) =>
  Array.from({ length }, (_, place) => LETTERS[Number((BigInt(number) >> BigInt(5 * (length - 1 - place))) & 31n)]).join('');

await run(async (browser) => {
  await changingCode(browser);
  await slow(browser);
  await twoTabs(browser);
  await elsewhere(browser);
  await broken(browser);
  await noStorage(browser);
});

/** A code that changes is over when it is sent, and was used elsewhere since: it says who it was all the same. */
async function changingCode(browser) {
  const member = await makeMember();
  const body = { storeId: facts.storeId, userId: member.userId, deviceId: 'phone' };
  const { device } = await call('getMemberCode', body);
  const { page, context } = await till(browser, {});
  await context.setOffline(true);
  const code = rotating(device, Date.now());
  await page.getByLabel(WHO).fill(rotating(device, Date.now() - 120_000));
  await page.keyboard.press('Enter');
  await page.getByText(/^This code is over\. Ask/).waitFor();
  await book(page, code, '9', member.program);
  await page.getByRole('heading', { name: 'Not sent yet: 1' }).waitFor();
  await call('identifyMember', { memberCode: code });
  await context.setOffline(false);
  await emptied(page);
  assert.deepEqual(await amounts(member), [9]);
  await context.close();
}

/** The code that a phone shows (docs/members.md). */
function rotating({ codeId, secret, stepSeconds }, now) {
  const step = Math.floor(now / 1000 / stepSeconds);
  const made = createHmac('sha256', Buffer.from(secret, 'hex')).update(`${codeId}:${step}`).digest();
  const proof = made.subarray(0, 5).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const text = `R${codeId}${base32(step, 6)}${base32(proof, 8)}`;
  let check = 0;
  for (const each of text) {
    check = (check ^ LETTERS.indexOf(each)) << 1;
    if (check & 32) check ^= 0b100101;
  }
  return text + LETTERS[check];
}

/** Who waits at the counter is not kept waiting: after a while the booking goes on behind. */
async function slow(browser) {
  const member = await makeMember();
  const { page, context } = await till(browser, {});
  await page.clock.install();
  const bookings = await holdBookings(page);
  await book(page, member.code, '15', member.program);
  await bookings.asked;
  await page.clock.runFor(8_100);
  await page.getByText('Kept: €15.00 for Tilla Kern.').waitFor();
  bookings.answer();
  await page.getByText(/ points for Tilla Kern\.$/).waitFor(); // As what is booked at once.
  await page.getByText(/^Now on the card: 1,[0-9]+ points\./).waitFor();
  await emptied(page);
  assert.deepEqual(await amounts(member), [15]);
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByText(/ taken back\./).waitFor();
  await refusedUndo(page, member);
  await context.close();
}

/** What only a manager can take back has no button that is refused again. */
async function refusedUndo(page, member) {
  await book(page, member.code, '16', member.program);
  await page.getByText(/ points for Tilla Kern\.$/).waitFor();
  await call('addLoyaltyPoints', { programId: member.program.programId, userId: member.userId, points: 1 });
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.press('Enter');
  await page.getByText(/^Something was booked for this customer afterwards\./).waitFor();
  await undo.waitFor({ state: 'detached' });
}

/** Each page of the console says what waits, and sends it. */
async function elsewhere(browser) {
  const member = await makeMember();
  const opened = await open(browser);
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/till`);
  await signIn(page, facts.signIns.manager);
  await page.getByLabel(WHO).waitFor();
  await page.route('**/addLoyaltyPoints', (route) => route.abort());
  await book(page, member.code, '18', member.program);
  await page.getByRole('heading', { name: 'Not sent yet: 1' }).waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Members' }).press('Enter');
  const link = page.getByRole('link', { name: '1 booking is not sent yet' });
  await link.waitFor();
  await check(opened, 'members-unsent');
  await page.unroute('**/addLoyaltyPoints');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await link.waitFor({ state: 'detached' });
  assert.deepEqual(await amounts(member), [18]);
  await context.close();
}

/** Two tabs of one person share what waits, and send each booking once. */
async function twoTabs(browser) {
  const member = await makeMember();
  const { page, context } = await till(browser, {});
  const other = await context.newPage();
  await other.goto(`${facts.urls.console}/till`);
  await other.getByLabel(WHO).waitFor();
  await context.setOffline(true);
  await book(page, member.code, '11', member.program);
  await page.getByRole('heading', { name: 'Not sent yet: 1' }).waitFor();
  await book(other, member.code, '12', member.program);
  for (const each of [page, other]) await each.getByRole('heading', { name: 'Not sent yet: 2' }).waitFor();
  const sent = [];
  context.on('request', (request) => request.url().endsWith('/addLoyaltyPoints') && sent.push(request.postData()));
  await context.setOffline(false);
  for (const each of [page, other]) await emptied(each);
  assert.deepEqual(await amounts(member), [11, 12]);
  assert.equal(sent.length, 2);
  await context.close();
}

/** One booking that the API cannot carry out holds up no other customer's. */
async function broken(browser) {
  const [member, other] = [await makeMember(), await makeMember()];
  const { page, context } = await till(browser, {});
  await page.route('**/addLoyaltyPoints', (route) =>
    route.request().postDataJSON().purchaseAmount === 19
      ? route.fulfill({ status: 500, json: { success: false, error: 'INTERNAL_ERROR' } })
      : route.continue(),
  );
  await context.setOffline(true);
  await book(page, member.code, '19', member.program);
  await page.getByRole('heading', { name: 'Not sent yet: 1' }).waitFor();
  await book(page, other.code, '21', other.program);
  await page.getByRole('heading', { name: 'Not sent yet: 2' }).waitFor();
  await context.setOffline(false);
  await page.getByRole('heading', { name: 'Not sent yet: 1' }).waitFor();
  assert.deepEqual([await amounts(member), await amounts(other)], [[], [21]]);
  await page.getByRole('button', { name: 'Discard' }).press('Enter');
  await page.getByText(/It may have been booked already/).waitFor();
  await page.getByRole('button', { name: 'Discard' }).press('Enter');
  await emptied(page);
  await context.close();
}

/** A browser that keeps nothing: the person sends it again, and it is booked once. */
async function noStorage(browser) {
  const member = await makeMember();
  const opened = await open(browser);
  const { page, context } = opened;
  await page.addInitScript(() => {
    const open = indexedDB.open.bind(indexedDB);
    indexedDB.open = (name, version) => {
      if (name === 'punktwerk.till') throw new DOMException('no', 'SecurityError');
      return open(name, version);
    };
  });
  await page.goto(`${facts.urls.console}/till`);
  await signIn(page, facts.signIns.cashier);
  await page.getByLabel(WHO).waitFor();
  await page.route('**/addLoyaltyPoints', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await book(page, member.code, '20', member.program);
  await page.getByText(/^No answer came/).waitFor();
  await check(opened, 'till-unknown');
  await page.unroute('**/addLoyaltyPoints');
  await page.getByRole('button', { name: 'Send again', exact: true }).press('Enter');
  await page.getByText(/ for Tilla Kern\./).waitFor();
  assert.deepEqual(await amounts(member), [20]);
  await context.close();
}
