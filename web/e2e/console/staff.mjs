/** What the console's flows share: widths, the sign-in by keyboard, and a check of the width. */

import assert from 'node:assert/strict';
import { check as checkPage } from '../browser.mjs';

export const WIDTHS = [390, 1280];

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
  const { width } = page.viewportSize();
  await checkPage(page, `${name}-${width}`, problems);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
}
