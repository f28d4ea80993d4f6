/** Reads the codes of a PDF from what the browser shows of it. */

import { createServer } from 'node:http';

const JSQR = new URL('../node_modules/jsqr/dist/jsQR.js', import.meta.url);

/** Show the file by PDFium, as the browser does with each PDF, and read the codes of the picture. */
export async function codesIn(browser, pdf, count) {
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
