/** Who begins at the till: without a connection everybody who has one, and whoever was there last. */

import assert from 'node:assert/strict';
import { facts, open, run } from '../browser.mjs';
import { WHO } from './counter.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

async function flow(browser, width) {
  const opened = await open(browser, { width, worker: true });
  const { page, context } = opened;
  await page.goto(facts.urls.console);
  await signIn(page, facts.signIns.owner);
  await page.getByRole('heading', { name: 'Start', level: 1 }).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.getByRole('link', { name: 'Till', exact: true }).press('Enter');
  await page.getByLabel(WHO).waitFor();

  await page.goto(facts.urls.console); // Who was at the till begins there.
  await page.getByLabel(WHO).waitFor();
  await page.getByRole('link', { name: 'Start', exact: true }).press('Enter');
  await page.getByRole('heading', { name: 'Start', level: 1 }).waitFor();
  await page.goto(facts.urls.console);
  await page.getByRole('heading', { name: 'Start', level: 1 }).waitFor();

  await context.setOffline(true);
  await page.goto(facts.urls.console); // No connection: the start page is not kept, and the till is.
  await page.getByLabel(WHO).waitFor();
  await page.getByText(/^There is no connection\. Bookings are kept/).waitFor();
  await page.goto(`${facts.urls.console}/members`);
  const way = page.getByRole('link', { name: 'To the till, which works without a connection' });
  await way.press('Enter');
  await page.getByLabel(WHO).waitFor();
  assert.equal(new URL(page.url()).pathname, '/console/till');
  await page.goto(`${facts.urls.console}/members`);
  await way.waitFor();
  await check(opened, 'till-way');
  await context.close();
}
