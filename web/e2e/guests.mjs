/** Customers for the flows of the card: accounts of the Auth emulator, whose address is confirmed. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { facts } from './browser.mjs';

const PASSWORD = 'a-long-password';

/** Make somebody who can sign in with a password. */
export async function makeGuest() {
  const email = `guest-${randomUUID()}@example.com`;
  const { localId } = await auth('accounts:signUp?key=any', { email, password: PASSWORD });
  await auth(`projects/${facts.projectId}/accounts:update`, { localId, emailVerified: true });
  return { email, userId: localId };
}

/** Join a program as the card does, with the guest's own sign-in. */
export async function join({ email, userId }, programId) {
  const { idToken } = await auth('accounts:signInWithPassword?key=any', {
    email,
    password: PASSWORD,
    returnSecureToken: true,
  });
  const answer = await fetch(`${facts.baseUrl}/enrollInLoyaltyProgram`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${idToken}`, Connection: 'close' },
    body: JSON.stringify({ programId, userId }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

async function auth(action, body) {
  const answer = await fetch(`http://${facts.authHost}/identitytoolkit.googleapis.com/v1/${action}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer owner' },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(told));
  return told;
}

const WORDS = {
  en: ['I have a password', 'E-mail address', 'Password', 'Sign in with a password'],
  de: ['Ich habe ein Passwort', 'E-Mail-Adresse', 'Passwort', 'Mit Passwort anmelden'],
};

/** Fill in the form for signing in, which the page shows. */
export async function signIn(page, { email }, language = 'en') {
  const [choose, address, password, go] = WORDS[language];
  await page.getByRole('button', { name: choose }).click();
  await page.getByLabel(address).fill(email);
  await page.getByLabel(password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: go }).click();
}

/** Go to a path of the card as somebody who has signed in; `back` is the way back that the form is told. */
export async function visit(page, guest, path, language, back = path) {
  await page.goto(new URL(`/sign-in?back=${encodeURIComponent(back)}`, facts.urls.card).href);
  await signIn(page, guest, language);
  await page.waitForURL((url) => url.pathname + url.search + url.hash === path);
}
