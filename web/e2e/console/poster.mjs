/** The poster is a PDF that a reader of its own shows, and its codes lead where they should. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { call, facts, open, run } from '../browser.mjs';
import { codesIn } from '../pdf.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

const { storeId } = facts;
const origin = new URL(facts.urls.card).origin;

await run(async (browser) => {
  const { link } = await call('getStoreQrCode', { storeId, format: 'svg' });
  for (const width of WIDTHS) {
    const isWide = width > 600;
    const opened = await open(browser, { width, ...(isWide && { language: 'de-DE', dark: true }) });
    const pdf = isWide ? await german(opened) : await english(opened);
    const wanted = [`${origin}/s/${encodeURIComponent(storeId)}`, ...(isWide ? [link] : [])];
    assert.deepEqual((await codesIn(browser, pdf, wanted.length)).sort(), wanted.sort());
    assert.match(pdf.toString('latin1'), /\/MediaBox \[0 0 (595\.276 841\.89|419\.528 595\.276)\]/);
    await opened.context.close();
  }
});

async function english(opened) {
  const { page } = opened;
  await page.goto(`${facts.urls.console}/programs/poster`);
  await signIn(page, facts.signIns.manager);
  await page.getByRole('img', { name: 'Preview of the poster' }).waitFor();
  await check(opened, 'poster');
  return await saved(page, 'Make the PDF', 'The PDF is in your downloads.');
}

async function german(opened) {
  const { page } = opened;
  await page.goto(`${facts.urls.console}/programs/poster`);
  await signIn(page, facts.signIns.owner, GERMAN);
  await page.getByLabel('Programm').selectOption('lp_demo-points'); // A visit brings something there.
  await page.getByLabel('Papier').selectOption('a5');
  await page.getByLabel('Mit dem Code zum Einchecken').press('Space');
  await page.getByRole('img', { name: 'Vorschau des Plakats' }).waitFor();
  await check(opened, 'poster-german');
  return await saved(page, 'PDF erstellen', 'Das PDF liegt bei Ihren Downloads.');
}

async function saved(page, button, done) {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).press('Enter');
  const path = await (await coming).path();
  await page.getByText(done).waitFor();
  return readFileSync(path);
}
