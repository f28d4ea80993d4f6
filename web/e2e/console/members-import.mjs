/** An owner imports members from a file: a look, a try, the import once, its report; cancelled and refused files. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    'email;firstName;lastName;points;Remark',
    `a-${own}@example.com;Ada;Übrig;120;42`,
    `b-${own}@example.com;Ben;"Berg; von";7`,
    `A-${own}@EXAMPLE.com;Ada;Zwei;1`,
    `${own}@example.com;Da;Schon;5`,
    'no address;Eva;Fehler;5',
    `c-${own}@example.com;Cem;Zahl;many`,
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
  await page.getByText('Übrig · Berg; von · Zwei').waitFor();
  await page.getByText('Rows: about 6. 4 of 5 columns are taken over.').waitFor();
  await page.getByLabel('lastName').selectOption('First name');
  await page.getByRole('button', { name: 'Try it first' }).press('Enter');
  await page.getByText('Two columns cannot be the same. Change one of them.').last().waitFor();
  await page.getByLabel('lastName').selectOption('Last name');
  await page.getByRole('button', { name: 'Try it first' }).press('Enter');
  await page.getByText('Choose the program that the balances are for.').waitFor();
  await check(opened, 'import-no-program');
  await page.getByLabel('Balances are for').selectOption({ index: 1 });
  await check(opened, 'import-look');

  await page.getByRole('button', { name: 'Try it first' }).press('Enter');
  await page.getByText('Done.').waitFor();
  await page.getByText('Would be new members').waitFor();
  await page.getByText('E-mail: Line 2 names the same person.').waitFor();
  await page.getByText('Line 6: failed').waitFor();
  await page.getByText('E-mail: This is no e-mail address. Write it like ada@example.com').waitFor();
  await page.getByText('Balance: This is no number. Write it like 120').waitFor();
  await check(opened, 'import-tried');
  assert.equal((await call('listMembers', { name: 'Übrig' })).members.some((each) => each.email?.includes(own)), false);

  // The answer is lost on its way, and the page is loaded again: the same file is imported once.
  await page.getByRole('button', { name: 'Back to the file' }).press('Enter');
  await page.getByText(`Chosen: ${file.name}`).waitFor();
  assert.notEqual(await page.getByLabel('Balances are for').inputValue(), '');
  const keys = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/importMembers')) keys.push(request.headers()['idempotency-key']);
  });
  await page.route('**/importMembers', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.getByRole('button', { name: 'Import now' }).press('Enter');
  await page.getByText(/^No answer came/).waitFor();
  await check(opened, 'import-unknown');
  await page.unroute('**/importMembers');
  await page.reload();
  await page.getByText(`${file.name} was sent, and no answer came.`, { exact: false }).waitFor();
  await page.getByLabel('File', { exact: true }).setInputFiles(file);
  await page.getByText('Übrig · Berg; von · Zwei').waitFor();
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
  assert.equal(report.trim().split('\r\n').length, 5, report);
  assert.match(report, /\n4;twice in the file;/);
  assert.match(report, /\n6;failed;E-mail;This is no e-mail address/);
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
  const choose = (file) => page.getByLabel('Datei', { exact: true }).setInputFiles(file);
  await choose(csv('liste.xlsx', 'PK\u0003\u0004\0\0'));
  await page.getByText(/^Das ist keine Liste als Text/).waitFor();
  await choose(csv('ohne.csv', 'a@example.com;Ada\nb@example.com;Ben\n'));
  await page.getByText(/^Die erste Zeile muss die Spalten nennen/).waitFor();
  await choose(csv('offen.csv', 'E-Mail;Vorname\n"a@example.com;Ada\n'));
  await page.getByRole('button', { name: 'Jetzt importieren' }).press('Enter');
  await page.getByText(/^Ein Anführungszeichen ab Zeile 2 wird nie geschlossen/).waitFor();
  await tappedEarly(page, choose);
  await savedAnew(page, choose);
  await choose(csv('bad.csv', 'Schuhgröße;Vorname;Hausnr\n42;Ada;7\n'));
  await page.getByText('1 von 3 Spalten').waitFor();
  await page.getByRole('button', { name: 'Jetzt importieren' }).press('Enter');
  await page.getByText(/^Sagen Sie, in welcher Spalte/).waitFor();
  await check(opened, 'import-refused-german');

  const rows = Array.from({ length: 5000 }, (_, index) => `${name}-${index}@example.com;Süß\n`);
  await page.getByLabel('Datei', { exact: true }).setInputFiles(csv('many.csv', `E-Mail-Adresse;Vorname\n${rows.join('')}`, 'latin1'));
  await page.getByText('Zeilen: etwa 5.000. 2 von 2 Spalten').waitFor();
  await page.getByText('Süß', { exact: true }).waitFor();
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

/** What is tapped before the browser has read the file counts as soon as it has. */
async function tappedEarly(page, choose) {
  await page.evaluate(() => {
    const read = globalThis.Blob.prototype.arrayBuffer;
    globalThis.Blob.prototype.arrayBuffer = async function slowly() {
      await new Promise((resolve) => globalThis.setTimeout(resolve, 1_000));
      globalThis.Blob.prototype.arrayBuffer = read;
      return read.call(this);
    };
  });
  await choose(csv('langsam.csv', 'E-Mail;Vorname\n"b@example.com;Ben\n'));
  await page.getByRole('button', { name: 'Jetzt importieren' }).press('Enter');
  await page.getByText(/^Ein Anführungszeichen ab Zeile 2 wird nie geschlossen/).waitFor();
}

/** A list that was mended and saved after it was chosen is chosen again, under the same name. */
async function savedAnew(page, choose) {
  const folder = await mkdtemp(join(tmpdir(), 'import-'));
  const path = join(folder, 'liste.csv');
  await writeFile(path, 'E-Mail;Vorname\n"d@example.com;Dora\n');
  await choose(path);
  await page.getByText('2 von 2 Spalten').waitFor();
  await writeFile(path, 'E-Mail;Vorname\n"e@example.com;Emil Erik\n');
  await page.getByRole('button', { name: 'Jetzt importieren' }).press('Enter');
  await page.getByText(/^Die Datei wurde geändert/).waitFor();
  await choose(path);
  await page.getByText('Emil Erik').waitFor();
  await rm(folder, { recursive: true });
}
