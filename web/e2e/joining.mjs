/** Joining by one tap, around a mailed link; and that nobody joins what they have not asked for. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, check, facts, open, run } from './browser.mjs';
import { makeGuest, signIn, visit } from './guests.mjs';
import { askForLink, linkMailedTo } from './mail.mjs';

const { storeId } = facts;
const NAME = 'One tap';
const { programId } = await call('createLoyaltyProgram', {
  storeId,
  programName: NAME,
  programType: 'points',
  rules: { pointsPerEuro: 10 },
  welcomeBonus: 20,
  rewards: [{ rewardId: 'tart', title: 'A tart', type: 'free_product', requiredPoints: 50 }],
  isActive: true,
});
const store = `/s/${encodeURIComponent(storeId)}`;
const at = (path) => new URL(path, facts.urls.card).href;
const offer = (page) => page.getByRole('listitem').filter({ hasText: NAME });
const ask = (page) => offer(page).getByRole('button', { name: /^Get this card/ });

/** A page that could not begin does so by itself when the connection is back. */
async function withoutConnection(browser) {
  const { context, page } = await open(browser);
  await context.route('**/init.json', (route) => route.abort());
  await page.goto(at('/cards'));
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await context.unroute('**/init.json');
  await context.setOffline(true);
  await context.setOffline(false);
  await page.getByText('Sign in to see your cards.').waitFor();
  await context.close();
}

/** The link opens in another tab, as mail programs do. What a till has for the address is there. */
async function byOneTap(browser) {
  const email = `Max-${randomUUID()}@example.com`;
  const { userId } = await call('createMember', { email: email.toLowerCase() });
  await call('enrollInLoyaltyProgram', { programId, userId });
  await call('addLoyaltyPoints', { programId, userId, points: 70, transactionId: randomUUID() });
  const { context, page, problems } = await open(browser);
  await page.goto(at(store));
  await page.getByText('With a card the shop gets your e-mail address.').waitFor();
  await offer(page).getByText('A tart for 50 points').waitFor();
  await check(page, 'join-note', problems);
  await ask(page).click();
  const link = await askForLink(page, email);
  const mail = await context.newPage();
  await mail.goto(link);
  await mail.getByRole('heading', { name: NAME, level: 1 }).waitFor();
  await mail.locator('.balance', { hasText: '90 points' }).waitFor();
  await check(mail, 'joined-by-link', problems);
  // The tab that asked for the link goes on by itself, and shows what the other one has joined.
  await offer(page).getByRole('link', { name: /^Open my card/ }).waitFor();

  const { member } = await call('identifyMember', { storeId, email });
  assert.equal(member.isCustomer, true);
  assert.notEqual(member.userId, userId);
  const again = await call('importMembers', { rows: [{ email }], programId, ifExists: 'skip' });
  assert.deepEqual(again.results.map((each) => each.userId), [member.userId]);
  // The same way back, once more, asks for nothing.
  await mail.goto(at(new URL(link).searchParams.get('back')));
  await offer(mail).getByRole('link', { name: /^Open my card/ }).waitFor();
  await context.close();
}

/** The form leads on from each of its steps; a link that is opened elsewhere says which address is wrong. */
async function leadsOn(browser) {
  const email = `lea-${randomUUID()}@example.com`;
  const { context, page, problems } = await open(browser);
  await page.goto(at(`/sign-in?back=${encodeURIComponent(store)}`));
  await page.getByRole('button', { name: 'I have a password' }).click();
  await page.getByText('Forgotten your password?').waitFor();
  await check(page, 'sign-in-password', problems);
  await page.getByRole('button', { name: 'Mail me a link' }).click();
  await askForLink(page, `wrong-${email}`);
  await page.getByRole('button', { name: 'Another address' }).click();
  await askForLink(page, email);
  await check(page, 'sign-in-mailed', problems);
  await page.getByRole('button', { name: 'Mail it again' }).click();
  await page.getByText(`We have mailed a link to ${email} once more.`).waitFor();
  const link = await linkMailedTo(email);

  const other = await open(browser);
  await other.page.goto(link);
  const address = other.page.getByLabel('To which address did you get the link?');
  await address.fill(`typo-${email}`);
  await other.page.getByRole('button', { name: 'Go on' }).click();
  await other.page.getByText('The link was not mailed to this address.').waitFor();
  await other.page.getByRole('button', { name: 'Mail me a new link' }).waitFor();
  await check(other.page, 'sign-in-other-address', other.problems);
  await address.fill(email);
  await other.page.getByRole('button', { name: 'Go on' }).click();
  await ask(other.page).waitFor();

  // The same link, once more: it is used, and the form asks for a new one.
  const third = await open(browser, { language: 'de-DE', dark: true });
  await third.page.goto(link);
  await third.page.getByLabel('An welche Adresse ging der Link?').fill(email);
  await third.page.getByRole('button', { name: 'Weiter' }).click();
  await third.page.getByText('Dieser Link gilt nicht mehr.').waitFor();
  await third.page.getByRole('button', { name: 'Link per E-Mail schicken' }).click();
  await third.page.getByText(`Wir haben einen Link an ${email} geschickt.`).waitFor();
  await check(third.page, 'sign-in-mailed-german-dark', third.problems);
  for (const each of [context, other.context, third.context]) await each.close();
}

/** Neither a made-up link, nor the other button for signing in, nor an old request joins anybody. */
async function unasked(browser) {
  const { context, page } = await open(browser);
  const guest = await makeGuest();
  const madeUp = `${store}#join=${randomUUID()}`;
  await page.goto(at(store));
  await ask(page).click(); // Somebody asks for it, and goes away.
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.goto(at(store));
  await page.getByRole('navigation').getByRole('link', { name: 'Sign in' }).click();
  await signIn(page, guest);
  await ask(page).waitFor();
  await page.goto(at(`/sign-in?back=${encodeURIComponent(madeUp)}`));
  await page.goto(at(madeUp));
  await ask(page).waitFor();
  await page.waitForFunction(() => globalThis.location.hash === '');
  await page.getByText(`With a card the shop gets your address ${guest.email}.`).waitFor();
  const { members } = await call('listMembers', { programId });
    await withoutConnection(browser);
  assert.ok(!members.some((each) => each.userId === guest.userId));
  await context.close();
}

/** What was asked for is forgotten soon: whoever signs in later in this browser may be somebody else. */
async function tooLate(browser) {
  const { context, page } = await open(browser);
  const guest = await makeGuest();
  await page.goto(at(store));
  await ask(page).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.evaluate((minutes) => {
    const waiting = JSON.parse(globalThis.localStorage.getItem('punktwerk.joining'));
    const askedAt = waiting.askedAt - minutes * 60_000;
    globalThis.localStorage.setItem('punktwerk.joining', JSON.stringify({ ...waiting, askedAt }));
  }, 10);
  await signIn(page, guest);
  await ask(page).waitFor();
  await page.waitForFunction(() => globalThis.location.hash === '');
  const { members } = await call('listMembers', { programId });
  assert.ok(!members.some((each) => each.userId === guest.userId));
  await context.close();
}

/** Who was a member before the shop got addresses gives it later; not one that another sign-in has. */
async function givesLater(browser) {
  const guest = await makeGuest();
  await call('enrollInLoyaltyProgram', { programId, userId: guest.userId });
  const { context, page, problems } = await open(browser, { language: 'de-DE', dark: true });
  await visit(page, guest, `/c/${encodeURIComponent(programId)}`, 'de');
  await page.getByRole('button', { name: 'Meine E-Mail-Adresse beim Laden' }).click();
  await page.getByText('Der Laden hat keine E-Mail-Adresse von Ihnen.').waitFor();
  await check(page, 'address-german-dark', problems);
  await page.getByRole('button', { name: `${guest.email} mitteilen` }).click();
  await page.getByText(`Der Laden findet Ihre Karte anhand von ${guest.email}.`).waitFor();
  const { member } = await call('identifyMember', { storeId, email: guest.email });
  assert.equal(member.userId, guest.userId);

  // A double tap that erases does nothing else; the card and its code are gone at once.
  await page.getByRole('img', { name: 'An der Kasse zeigen' }).waitFor();
  await page.getByRole('button', { name: 'Meine Daten löschen' }).dblclick();
  await page.getByRole('button', { name: 'Ja, löschen' }).dblclick();
  await page.getByText('Ihre Daten sind gelöscht').waitFor();
  assert.equal(await page.getByRole('img').count(), 0);
  await check(page, 'erased-german-dark', problems);
  await page.getByRole('main').getByRole('link', { name: 'Meine Karten' }).click();
  await page.getByText(`Sie sind angemeldet als ${guest.email}.`).waitFor();
  await context.close();
}

/** Two sign-ins may be two people: the address stays with the member who has it, and the card says what to do. */
async function keepsApart(browser) {
  const guest = await makeGuest();
  const other = await makeGuest();
  await call('enrollInLoyaltyProgram', { programId, userId: guest.userId });
  const { context, page, problems } = await open(browser);
  await visit(page, other, store);
  await ask(page).click();
  await page.getByRole('heading', { name: NAME, level: 1 }).waitFor();
  await call('updateMember', { userId: other.userId, email: guest.email });
  const second = await open(browser);
  await visit(second.page, guest, `/c/${encodeURIComponent(programId)}`);
  await second.page.getByRole('button', { name: 'My e-mail address at the shop' }).click();
  await second.page.getByRole('button', { name: `Give it ${guest.email}` }).click();
  await second.page.getByText(`The shop has another card for ${guest.email}.`).waitFor();
  await check(second.page, 'address-taken', [...problems, ...second.problems]);
  await second.context.close();
  await context.close();
}

try {
  await run(async (browser) => {
    await byOneTap(browser);
    await leadsOn(browser);
    await givesLater(browser);
    await keepsApart(browser);
    await unasked(browser);
    await tooLate(browser);
  });
} finally {
  await call('updateLoyaltyProgram', { programId, isActive: false });
}
