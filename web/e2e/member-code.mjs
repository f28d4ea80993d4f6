/** The code for the till: large and bright, as a bar code too; and one that changes, also offline. */

import assert from 'node:assert/strict';
import { call, check, facts, open, run } from './browser.mjs';
import { makeGuest, visit } from './guests.mjs';

const { storeId } = facts;
const { programId } = await call('createLoyaltyProgram', {
  storeId,
  programName: 'Codes',
  programType: 'points',
  rules: { pointsPerEuro: 10 },
  isActive: true,
});
const path = `/c/${encodeURIComponent(programId)}`;
const guest = await makeGuest();
await call('enrollInLoyaltyProgram', { programId, userId: guest.userId });

const textOf = (page) => page.locator('.code .text').first().textContent();

/** The code that stays, and the white screen, by the keyboard. */
async function stays(browser) {
  const { context, page, problems } = await open(browser, { dark: true });
  await page.addInitScript(() => {
    globalThis.locks = [];
    const lock = (type) => {
      const entry = { type, isReleased: false };
      globalThis.locks.push(entry);
      return Promise.resolve({ release: () => Promise.resolve((entry.isReleased = true)) });
    };
    Object.defineProperty(navigator, 'wakeLock', { value: { request: lock } });
  });
  await visit(page, guest, path);
  const enlarge = page.getByRole('button', { name: 'Show it large' });
  await enlarge.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Show this at the till' });
  await dialog.getByRole('img', { name: 'Bar code' }).waitFor();
  assert.match(await textOf(page), /^S[0-9A-Z]{16}$/);
  assert.deepEqual(await page.evaluate(() => globalThis.locks), [{ type: 'screen', isReleased: false }]);
  await check(page, 'code-bright-dark', problems);
  await page.setViewportSize({ width: 1280, height: 844 });
  await check(page, 'code-bright-wide', problems);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.waitForFunction(() => globalThis.locks.every((each) => each.isReleased));
  await replaced(page, problems);
  await context.close();
}

/** Another code, after somebody has copied the one that stays. */
async function replaced(page, problems) {
  const former = await textOf(page);
  const elsewhere = await page.context().newPage(); // Another tab shows the new one, too.
  await elsewhere.goto(new URL(path, facts.urls.card).href);
  await elsewhere.waitForFunction((text) => document.querySelector('.code .text')?.textContent === text, former);
  await page.getByRole('button', { name: 'Has somebody copied it?' }).press('Enter');
  await check(page, 'code-anew-dark', problems);
  await page.getByRole('button', { name: 'Get another code' }).press('Enter');
  await page.getByText('You have another code.').waitFor();
  await page.waitForFunction((text) => document.querySelector('.code .text')?.textContent !== text, former);
  const next = await textOf(page);
  await elsewhere.waitForFunction((text) => document.querySelector('.code .text')?.textContent === text, next);
  const { member } = await call('identifyMember', { storeId, memberCode: next });
  assert.equal(member.userId, guest.userId);
  await assert.rejects(call('identifyMember', { storeId, memberCode: former }), /MEMBER_CODE_NOT_FOUND/);
}

/** The code that changes where the merchant asks for it. The till takes each once. */
async function changes(browser) {
  const { context, page, problems } = await open(browser, { worker: true });
  await page.clock.install();
  const told = page.waitForResponse(
    async (answer) => answer.url().endsWith('/getMemberCode') && (await answer.json()).device !== null,
  );
  await visit(page, guest, path);
  await page.getByText(/^Valid until .*Then another one follows\.$/).waitFor();
  const first = await textOf(page);
  assert.match(first, /^R[0-9A-Z]{25}$/);
  const found = await call('identifyMember', { storeId, memberCode: first });
  assert.deepEqual([found.member.userId, found.codeKind], [guest.userId, 'rotating']);
  await check(page, 'code-changing', problems);

  // The secret itself is nowhere to be read afterwards.
  const { secret } = (await (await told).json()).device;
  assert.match(secret, /^[0-9a-f]{64}$/);
  const kept = await page.evaluate(() => JSON.stringify({ ...globalThis.localStorage }));
  assert.ok(!kept.includes(secret));
  const isAnother = (text) => document.querySelector('.code .text')?.textContent !== text;
  await page.clock.runFor(30_000);
  await page.waitForFunction(isAnother, first);

  // Without a connection the next ones are made all the same.
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page.getByText(/^Valid until/).waitFor();
  await context.setOffline(true);
  await page.reload();
  await page.getByText(/^Valid until/).waitFor();
  const offline = await textOf(page);
  await page.clock.runFor(30_000);
  await page.waitForFunction(isAnother, offline);
  await context.close();
}

try {
  await run(stays);
  await call('configureMembers', { changingCodes: true });
  await run(changes);
} finally {
  await call('configureMembers', { changingCodes: false });
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
