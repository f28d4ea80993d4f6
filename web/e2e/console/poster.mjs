/** The poster is a PDF that a reader of its own shows, and its codes lead where they should. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { call, facts, open, run } from '../browser.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

const JSQR = new URL('../../node_modules/jsqr/dist/jsQR.js', import.meta.url);
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

/** Show the file by PDFium, as the browser does with each PDF, and read the codes of the picture. */
async function codesIn(browser, pdf, count) {
  const shown = '<body style="margin:0"><embed src="/poster.pdf#toolbar=0&view=Fit" style="width:100vw;height:100vh">';
  const server = createServer((request, response) => {
    const isFile = request.url.endsWith('.pdf');
    response.setHeader('Content-Type', isFile ? 'application/pdf' : 'text/html');
    response.end(isFile ? pdf : shown);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const context = await browser.newContext({ viewport: { width: 1000, height: 1414 } });
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const reader = await context.newPage();
    await reader.addScriptTag({ path: JSQR.pathname });
    for (let tries = 0; tries < 50; tries += 1) {
      const picture = (await page.screenshot()).toString('base64');
      const codes = await reader.evaluate(readCodes, { picture, count });
      if (codes.length === count) return codes; // The file is drawn a moment after it is loaded.
    }
    return [];
  } finally {
    await context.close();
    server.close();
  }
}

/** In the browser: read a code of each column of the picture. */
async function readCodes({ picture, count }) {
  const image = await globalThis.createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
  const width = Math.floor(image.width / count);
  const canvas = new globalThis.OffscreenCanvas(width, image.height);
  const context = canvas.getContext('2d');
  const codes = [];
  for (let column = 0; column < count; column += 1) {
    context.drawImage(image, -column * width, 0);
    const { data } = context.getImageData(0, 0, width, image.height);
    const found = globalThis.jsQR(data, width, image.height);
    if (found) codes.push(found.data);
  }
  return codes;
}
