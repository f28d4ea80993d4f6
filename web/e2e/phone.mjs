/**
 * How soon a customer sees something on a slow phone: processor 4 times slower, slow 4G (150 ms there
 * and back, 1.6 Mbit/s). Prints the median of some visits, beside that of a page with one sentence:
 * what this machine and network take anyway. Fails only if something is not shown at all.
 */

import { facts, open, run } from './browser.mjs';
import { signIn } from './console/staff.mjs';

const VISITS = 5;
const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: 1.6e6 / 8,
  uploadThroughput: 750e3 / 8,
};
const SENTENCE = new URL('/sentence', facts.urls.card).href;
const store = facts.urls.card;

await run(async (browser) => {
  const rows = [
    ['a page with one sentence', await median(() => first(browser, SENTENCE, 'Hello'))],
    ['store, first visit', await median(() => first(browser, store, 'Get this card'))],
    ...(await signedIn(browser)),
  ];
  const bare = rows[0][1];
  for (const [name, ms] of rows) console.log(`${name}: ${ms} ms (${(ms / bare).toFixed(1)} x)`);
});

/** Nothing is kept from an earlier visit. */
async function first(browser, url, text) {
  const { context, page } = await open(browser, { worker: true });
  await page.route(SENTENCE, (route) => route.fulfill({ contentType: 'text/html', body: '<p>Hello</p>' }));
  await slow(page);
  const ms = await visit(page, url, text);
  await context.close();
  return ms;
}

async function signedIn(browser) {
  const { context, page } = await open(browser, { worker: true });
  await page.goto(new URL('/sign-in?back=/cards', store).href);
  await signIn(page, facts.signIns.customer);
  await page.getByRole('heading', { name: 'My cards' }).waitFor();
  await page.locator('a.card-link').first().click();
  await page.getByRole('img', { name: 'Show this at the till' }).waitFor();
  const url = page.url();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.close();

  const again = async () => {
    const next = await context.newPage();
    await slow(next);
    const ms = await visit(next, url, 'Show this at the till');
    await next.close();
    return ms;
  };
  const second = await median(again);
  await context.setOffline(true);
  const offline = await median(again);
  await context.close();
  return [
    ['card, second visit', second],
    ['card, without a connection', offline],
  ];
}

async function slow(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', SLOW_4G);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
}

async function visit(page, url, text) {
  const begun = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.getByText(text).first().waitFor();
  return Math.round(performance.now() - begun);
}

async function median(measure) {
  const found = [];
  for (let visits = 0; visits < VISITS; visits += 1) found.push(await measure());
  return found.sort((one, other) => one - other)[Math.floor(VISITS / 2)];
}
