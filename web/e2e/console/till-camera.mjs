/** The till's camera: a film of a code is read by our reader and by the browser's own; and what can go wrong. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { facts, open, run } from '../browser.mjs';
import { cameraOf, writeFilm } from '../film.mjs';
import { makeMember } from './customers.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

const OPEN = 'Scan with the camera';
const folder = mkdtempSync(join(tmpdir(), 'film-'));
const film = join(folder, 'code.y4m');

try {
  const member = await makeMember({ firstName: 'Tilla', lastName: 'Kern' });
  writeFilm(film, member.code);
  await run(async (browser) => {
    for (const width of WIDTHS) await scan(browser, width);
    await ownReader(browser, member.code);
    await refused(browser);
  }, cameraOf(film));
  writeFilm(film, `${facts.urls.card}?not=a-code`);
  await run(async (browser) => useless(browser), cameraOf(film));
} finally {
  rmSync(folder, { recursive: true });
}

async function till(browser, options, prepare = () => undefined) {
  const opened = await open(browser, options);
  await opened.page.addInitScript(prepare);
  await opened.page.goto(`${facts.urls.console}/till`);
  await signIn(opened.page, facts.signIns.cashier);
  await opened.page.getByRole('button', { name: OPEN }).waitFor();
  return opened;
}

/** The film is read by what the page has loaded for it, as this browser reads no codes itself. */
async function scan(browser, width) {
  const opened = await till(browser, { width });
  const { page, context } = opened;
  assert.equal(await page.evaluate(() => 'BarcodeDetector' in globalThis), false);
  assert.deepEqual(await loaded(page, /jsQR/i), []);
  await page.getByRole('button', { name: OPEN }).press('Enter');
  await page.getByRole('heading', { name: 'Tilla Kern' }).waitFor();
  assert.equal((await loaded(page, /jsQR/i)).length, 1);
  await page.waitForFunction(() => document.activeElement?.inputMode === 'decimal');
  await check(opened, 'till-scanned');
  await context.close();
}

/** Return what the page has loaded of a name. */
function loaded(page, name) {
  return page.evaluate((source) => {
    const names = performance.getEntriesByType('resource').map((each) => each.name);
    return names.filter((each) => new RegExp(source, 'i').test(each));
  }, name.source);
}

/** A browser that reads codes itself is asked, and nothing else is loaded. */
async function ownReader(browser, code) {
  const opened = await till(browser, {}, `globalThis.BarcodeDetector = class {
    static getSupportedFormats() { return Promise.resolve(['qr_code', 'code_128', 'ean_13']); }
    constructor({ formats }) { globalThis.formats = formats; }
    detect() { return Promise.resolve([{ rawValue: '${code}', format: 'code_128' }]); }
  }`);
  const { page, context } = opened;
  await page.getByRole('button', { name: OPEN }).press('Enter');
  await page.getByRole('heading', { name: 'Tilla Kern' }).waitFor();
  assert.deepEqual(await page.evaluate(() => globalThis.formats), ['qr_code', 'code_128']);
  assert.deepEqual(await loaded(page, /jsQR/i), []);
  await context.close();
}

/** Who does not allow the camera, or has none, is told what to do, and types. */
async function refused(browser) {
  for (const [name, sentence] of [
    ['NotAllowedError', /does not allow the camera/],
    ['NotFoundError', /There is no camera here/],
    ['NotReadableError', /cannot be opened/],
  ]) {
    const opened = await till(browser, {}, `navigator.mediaDevices.getUserMedia =
      () => Promise.reject(new DOMException('no', '${name}'));`);
    const { page, context } = opened;
    await page.getByRole('button', { name: OPEN }).press('Enter');
    await page.getByText(sentence).waitFor();
    if (name === 'NotAllowedError') await check(opened, 'till-camera-refused');
    await page.getByRole('button', { name: 'Close the camera' }).press('Enter');
    await page.getByRole('button', { name: OPEN }).waitFor();
    assert.ok(await page.getByLabel('Code, e-mail or phone').isVisible());
    await context.close();
  }
}

/** A code that means no customer is not followed, and the camera stays open for the next one. */
async function useless(browser) {
  for (const width of WIDTHS) {
    const opened = await till(browser, { width, dark: true });
    const { page, context } = opened;
    const address = page.url();
    await page.getByRole('button', { name: OPEN }).press('Enter');
    await page.getByText('That is no customer’s code.').waitFor();
    await check(opened, 'till-scanning');
    assert.equal(page.url(), address);
    await page.getByRole('button', { name: 'Close the camera' }).press('Enter');
    const isOpen = () => page.getByRole('button', { name: OPEN }).evaluate((each) => each === document.activeElement);
    await page.getByRole('button', { name: OPEN }).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'BUTTON');
    assert.ok(await isOpen());
    await context.close();
  }
}
