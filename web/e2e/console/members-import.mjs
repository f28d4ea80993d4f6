/** An owner imports members from a file: a look, a try, the import once, its report; cancelled and refused files. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Buffer } from 'node:buffer';
import { call, facts, open, run } from '../browser.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

const csv = (name, text, encoding) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text, encoding) });
const someName = () => `imp-${randomBytes(6).toString('hex')}`;

/** Five rows: two are new, one is twice, one is a member already, one has no address that there can be. */
async function makeFile() {
  const own = someName();
  await call('createMember', { userId: own, email: `${own}@example.com` });
  const lines = [
    'email;firstName;lastName;points',
    `a-${own}@example.com;Ada;Übrig;120`,
    `b-${own}@example.com;Ben;"Berg; von";7`,
    `A-${own}@EXAMPLE.com;Ada;Zwei;1`,
    `${own}@example.com;Da;Schon;5`,
    'no address;Eva;Fehler;5',
  ];
  return { own, file: csv(`${own}.csv`, lines.join('\r\n')) };
}

await run(async (browser) => {
  for (const width of WIDTHS) {
    await flow(browser, width);
    await refusedAndCancelled(browser, width);
  }
});

async function start(browser, width, words, options = {}) {
  const opened = await open(browser, { width, ...options });
  await opened.page.goto(`${facts.urls.console}/members`);
  await signIn(opened.page, facts.signIns.owner, words);
  return opened;
}

async function flow(browser, width) {
  const { own, file } = await makeFile();
  const opened = await start(browser, width);
  const { page, context } = opened;
  await page.getByRole('link', { name: 'Import members' }).press('Enter');
  await page.getByRole('heading', { name: 'Import members' }).waitFor();
  await page.getByRole('button', { name: 'Try it first' }).press('Enter');
  await page.getByText('Choose a file.').waitFor();
  await check(opened, 'import-empty');

  await page.getByLabel('File', { exact: true }).setInputFiles(file);
  await page.getByRole('cell', { name: 'Berg; von' }).waitFor();
  await page.getByText('First rows, of about 5').waitFor();
  await page.getByLabel('Balances are for').selectOption({ index: 1 });
  await check(opened, 'import-look');

  await page.getByRole('button', { name: 'Try it first' }).press('Enter');
  await page.getByText('Done.').waitFor();
  await page.getByText('Would be new members').waitFor();
  await page.getByText('Line 2 has the same: email.').waitFor();
  await page.getByText('Line 6: failed').waitFor();
  await check(opened, 'import-tried');
  assert.equal((await call('listMembers', { name: 'Übrig' })).members.some((each) => each.email?.includes(own)), false);

  // The answer is lost on its way, and the page is loaded again: the same file is imported once.
  await page.getByRole('button', { name: 'Back to the file' }).press('Enter');
  await page.getByText(`Chosen: ${file.name}`).waitFor();
  const keys = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/importMembers')) keys.push(request.headers()['idempotency-key']);
  });
  await page.route('**/importMembers', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.getByLabel('Balances are for').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Import now' }).press('Enter');
  await page.getByText(/^No answer came/).waitFor();
  await check(opened, 'import-unknown');
  await page.unroute('**/importMembers');
  await page.reload();
  await page.getByText(`${file.name} was sent, and no answer came.`, { exact: false }).waitFor();
  await page.getByLabel('File', { exact: true }).setInputFiles(file);
  await page.getByRole('cell', { name: 'Berg; von' }).waitFor();
  await page.getByLabel('Balances are for').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Import now' }).dblclick();
  await page.getByText('Done.').waitFor();
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  await page.getByText('New members').waitFor();
  await page.reload(); // The report is still there.
  await page.getByText('Line 6: failed').waitFor();
  await check(opened, 'import-done');

  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the report' }).press('Enter');
  const report = await readFile(await (await waiting).path(), 'utf8');
  assert.equal(report.trim().split('\r\n').length, 4, report);
  assert.match(report, /\n4;twice in the file;/);
  assert.match(report, /\n6;failed;.*email/);
  const found = (await call('listMembers', { name: 'Übrig Ada', limit: 100 })).members;
  const ada = found.find((each) => each.email === `a-${own}@example.com`);
  assert.equal((await call('getMember', { userId: ada.userId })).memberships[0].currentBalance, 120);
  await context.close();
}

async function refusedAndCancelled(browser, width) {
  const name = someName();
  const opened = await start(browser, width, GERMAN, { language: 'de-DE', dark: true });
  const { page, context } = opened;
  await page.getByRole('link', { name: 'Mitglieder importieren' }).press('Enter');
  await page.getByLabel('Datei', { exact: true }).setInputFiles(csv('bad.csv', 'email;Schuhgröße\na@example.com;42\n'));
  await page.getByRole('cell', { name: '42' }).waitFor();
  await page.getByRole('button', { name: 'Jetzt importieren' }).press('Enter');
  await page.getByText(/^Einige Spalten sind nicht bekannt: Schuhgröße/).waitFor();
  await check(opened, 'import-refused-german');

  const rows = Array.from({ length: 5000 }, (_, index) => `${name}-${index}@example.com;Süß\n`);
  await page.getByLabel('Datei', { exact: true }).setInputFiles(csv('many.csv', `email;firstName\n${rows.join('')}`, 'latin1'));
  await page.getByText('Erste Zeilen, von etwa 5.000').waitFor();
  await page.getByRole('cell', { name: 'Süß' }).first().waitFor();
  await page.getByRole('button', { name: 'Jetzt importieren' }).press('Enter');
  await page.getByRole('progressbar').waitFor();
  await page.getByText('Die Datei ist kein UTF-8 (Zeile 2)').waitFor();
  await check(opened, 'import-running-german');
  await page.getByRole('button', { name: 'Import abbrechen' }).press('Enter');
  await page.getByText('Abgebrochen. Was übernommen ist, bleibt.').waitFor();
  await page.getByRole('button', { name: 'Noch eine Datei importieren' }).press('Enter');
  await page.getByLabel('Datei', { exact: true }).waitFor();
  await context.close();
}
