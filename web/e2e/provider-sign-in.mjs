/** Sign in with Google and with Apple, whose pages make run stands in for; and answers to no question. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, check, facts, open, run } from './browser.mjs';
import { makeGuest, visit } from './guests.mjs';

const { storeId } = facts;
const { programId } = await call('createLoyaltyProgram', {
  storeId,
  programName: 'For verified people',
  programType: 'points',
  rules: { pointsPerEuro: 10 },
  referral: { referrerPoints: 75, newMemberPoints: 25 },
  isActive: true,
});
const store = `/s/${encodeURIComponent(storeId)}`;
const at = (path) => new URL(path, facts.urls.card).href;

async function choose(page, provider, back) {
  await page.goto(at(`/sign-in?back=${encodeURIComponent(back)}`));
  await leaveFor(page, provider);
}

async function leaveFor(page, provider) {
  await page.getByRole('button', { name: `Sign in with ${provider}` }).press('Enter');
  await page.getByRole('heading', { name: `${provider}, as it is on this machine` }).waitFor();
}

/** Come back signed in, and verified: only then there is a code for friends. */
async function signsIn(browser, provider) {
  const { context, page, problems } = await open(browser);
  await page.goto(at(store));
  await page.goto(at(`/sign-in?back=${encodeURIComponent(store)}`));
  await page.getByRole('button', { name: `Sign in with ${provider}` }).waitFor();
  await check(page, 'sign-in-providers', problems);
  await page.goto(at(store));
  const program = page.getByRole('listitem').filter({ hasText: 'For verified people' });
  await program.getByRole('button', { name: /^Get this card/ }).click();
  await leaveFor(page, provider);
  await page.getByLabel('E-mail address').fill(`${randomUUID()}@example.com`);
  const answers = [];
  page.on('framenavigated', (frame) => answers.push(frame.url()));
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('link', { name: 'Tell a friend' }).click();
  await page.getByRole('button', { name: 'Share the link' }).waitFor();
  // The token is in no history, and this answer has been taken.
  await page.goBack();
  await page.goBack();
  assert.doesNotMatch(page.url(), /id_token/);
  await context.close();
  return answers.find((each) => each.includes('id_token'));
}

async function cancels(browser) {
  const { context, page, problems } = await open(browser, { language: 'de-DE', dark: true, width: 1280 });
  await page.goto(at('/sign-in'));
  await page.getByRole('button', { name: 'Mit Google anmelden' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Sie haben sich dort nicht angemeldet.').waitFor();
  assert.equal(new URL(page.url()).hash, '');
  await check(page, 'sign-in-cancelled-german-dark', problems);
  await context.close();
}

/** Who turns back at Google keeps the way to the card, and the code of the friend who has told of it. */
async function turnsBack(browser) {
  const friend = await makeGuest();
  await call('enrollInLoyaltyProgram', { programId, userId: friend.userId });
  const { code } = await call('getReferralCode', { programId, userId: friend.userId });
  const { context, page } = await open(browser);
  await page.goto(at(`${store}?referralCode=${code}`));
  const program = page.getByRole('listitem').filter({ hasText: 'For verified people' });
  await program.getByRole('button', { name: /^Get this card/ }).click();
  await leaveFor(page, 'Google');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('You have not signed in there.').waitFor();
  await leaveFor(page, 'Apple'); // Another way leads to the same place.
  await page.getByLabel('E-mail address').fill(`${randomUUID()}@example.com`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'For verified people', level: 1 }).waitFor();
  const { pendingReferrals } = await call('getReferralCode', { programId, userId: friend.userId });
  assert.equal(pendingReferrals, 1);
  await context.close();
}

/** Somebody signs in where somebody else has not signed out: nothing of theirs is left in this browser. */
async function leavesNothing(browser) {
  const { context, page } = await open(browser);
  const anna = await makeGuest();
  await call('enrollInLoyaltyProgram', { programId, userId: anna.userId });
  await visit(page, anna, `/c/${encodeURIComponent(programId)}`);
  await page.getByRole('img', { name: 'Show this at the till' }).waitFor();
  const kept = () => page.evaluate(() => JSON.stringify({ ...globalThis.localStorage }));
  const isKept = (userId) => page.waitForFunction((uid) => `punktwerk.kept.mine.${uid}` in globalThis.localStorage, userId);
  await isKept(anna.userId);
  await page.waitForFunction((uid) => Object.keys(globalThis.localStorage).some((each) => each.includes(`till.${uid}`)), anna.userId);
  await choose(page, 'Google', '/cards');
  await page.getByLabel('E-mail address').fill(`zoe-${randomUUID()}@example.com`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('You have no card yet.').waitFor();
  assert.ok(!(await kept()).includes(anna.userId));
  assert.ok(!(await kept()).includes(anna.email));
  // The way back to the form leads to the cards.
  await visit(page, anna, '/cards', 'en', '/sign-in');
  await isKept(anna.userId);
  assert.equal((await kept()).match(/punktwerk\.kept\.mine\./g).length, 1);
  await context.close();
}

/** An answer that this tab has not asked for signs nobody in: made up, used before, or of another nonce. */
async function notOurs(browser, used) {
  const { context, page } = await open(browser);
  for (const hash of ['state=made-up&id_token=a.b.c', new URL(used).hash.slice(1)]) {
    await page.goto(at('/cards'));
    await page.goto(at(`/sign-in#${hash}`));
    await page.getByText('That was no answer to a question of this tab.').waitFor();
  }
  await choose(page, 'Google', store);
  const { state } = await page.evaluate(() => JSON.parse(globalThis.sessionStorage.getItem('punktwerk.sign-in')));
  const token = new globalThis.URLSearchParams(new URL(used).hash.slice(1)).get('id_token');
  await page.goto(at(`/sign-in#${new globalThis.URLSearchParams({ state, id_token: token }).toString()}`));
  await page.getByText('That was no answer to a question of this tab.').waitFor();
  await page.goto(at('/cards'));
  await page.getByText('Sign in to see your cards.').waitFor();
  await context.close();
}

try {
  await run(async (browser) => {
    const used = await signsIn(browser, 'Google');
    assert.ok(used);
    await signsIn(browser, 'Apple');
    await cancels(browser);
    await turnsBack(browser);
    await leavesNothing(browser);
    await notOurs(browser, used);
  });
} finally {
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
