/** What the console's flows share: widths, the sign-in by keyboard, and a check of the width. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { check as checkPage, facts } from '../browser.mjs';

export const WIDTHS = [390, 1280];

/** The sections that each role has, as the head of the page shows them. */
export const SECTIONS = {
  manager: ['Start', 'Till', 'Members', 'Programs', 'Staff'],
  owner: ['Start', 'Till', 'Members', 'Programs', 'Staff', 'Developers'],
  developer: ['Start', 'Members', 'Programs', 'Developers'],
};

export const ENGLISH = { withPassword: 'I have a password', email: 'E-mail address', password: 'Password' };
export const GERMAN = { withPassword: 'Ich habe ein Passwort', email: 'E-Mail-Adresse', password: 'Passwort' };

/** Sign in with a password, by the keyboard alone. */
export async function signIn(page, { email, password }, words = ENGLISH) {
  await page.getByRole('button', { name: words.withPassword }).press('Enter');
  await page.getByLabel(words.email).fill(email);
  await page.getByLabel(words.password, { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

/** Check a page as the flows of the card do, and that nothing of it is wider than the window. */
export async function check({ page, problems }, name) {
  await page.locator('h1').first().waitFor({ state: 'attached' }); // The page is loaded.
  const { width } = page.viewportSize();
  await checkPage(page, `${name}-${width}`, problems);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
}

/** Make somebody who can sign in with a password, and has no role yet; `known` is more that Auth knows. */
export async function makePerson(name, known = {}) {
  const userId = `${name}-${randomUUID()}`;
  const person = { email: `${userId}@example.com`, password: 'punktwerk' };
  const accounts = `identitytoolkit.googleapis.com/v1/projects/${facts.projectId}/accounts`;
  const post = (action, body) =>
    fetch(`http://${facts.authHost}/${accounts}${action}`, {
      method: 'POST',
      headers: { Authorization: 'Bearer owner', 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...body, localId: userId }),
    });
  await post('', { ...person, emailVerified: true });
  await post(':update', known);
  return { userId, ...person };
}

/** Return the address that the Auth emulator would have mailed, as the app is called by it. */
export async function mailedLink(address) {
  const url = `http://${facts.authHost}/emulator/v1/projects/${facts.projectId}/oobCodes`;
  const { oobCodes } = await (await fetch(url)).json();
  const link = new URL(oobCodes.findLast((each) => each.email === address).oobLink);
  const target = new URL(link.searchParams.get('continueUrl'));
  for (const name of ['mode', 'oobCode', 'apiKey', 'lang']) {
    target.searchParams.set(name, link.searchParams.get(name) ?? 'en');
  }
  return target.href;
}
