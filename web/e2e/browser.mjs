/** Chromium for the flows: what it refuses by the page's policy, or cannot carry out, ends a flow. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const facts = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const shots = process.argv[3];

/** Run a flow in a browser of its own, with further switches. */
export async function run(flow, switches = []) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', ...switches],
  });
  try {
    await flow(browser);
  } catch (error) {
    await tellPages(browser);
    throw error;
  } finally {
    await browser.close();
  }
}

/** Say what each page shows, and take a picture of it: most failures are understood by that. */
async function tellPages(browser) {
  const pages = browser.contexts().flatMap((context) => context.pages());
  for (const [index, page] of pages.entries()) {
    const text = await page.locator('body').innerText({ timeout: 5_000 }).catch(String);
    console.error(`${page.url()} shows:\n${text.slice(0, 3_000)}\n`);
    if (shots) await page.screenshot({ path: `${shots}/failed-${index}.png` }).catch(() => undefined);
  }
}

/**
 * Open a page that fails the flow on errors of its scripts and of its policy. It has a service worker
 * only on request: what a page asks while its worker begins passes by the routes of a flow.
 */
export async function open(browser, options = {}) {
  const { width = 390, language = 'en-GB', dark = false, agent = undefined, worker = false, zone = undefined } = options;
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    locale: language,
    colorScheme: dark ? 'dark' : 'light',
    userAgent: agent,
    timezoneId: zone,
    serviceWorkers: worker ? 'allow' : 'block',
  });
  context.setDefaultTimeout(60_000);
  // Chromium begins to ask for routes a moment after the first one is made: a call that is sent in
  // that moment passes by it. With this one it asks from the start.
  await context.route('**/api/v1/**', (route) => route.fallback());
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (said) => {
    if (said.text().includes('Content Security Policy')) problems.push(said.text());
  });
  return { context, page, problems };
}

/** Look for faults that keep people out, and take a picture for whoever wants to look. */
export async function check(page, name, problems) {
  // The tool's own script is put in by the browser's debugger, which the page's policy does not bind.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: AXE });
  const expression = `axe.run({ runOnly: ${JSON.stringify(RULES)} }).then((found) => JSON.stringify(
    found.violations.map((each) => [each.id, each.help, each.nodes.map((node) => node.html)])))`;
  const { result } = await session.send('Runtime.evaluate', { expression, awaitPromise: true });
  await session.detach();
  assert.deepEqual(JSON.parse(result.value), [], name);
  assert.deepEqual(problems, [], name);
  if (shots) {
    await mkdir(shots, { recursive: true });
    await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  }
}

/** Call the API as the merchant's server does. */
export async function call(action, body) {
  const answer = await fetch(`${facts.baseUrl}/${action}`, {
    method: 'POST',
    // The server ends connections that wait, now and then while the next call is on its way.
    headers: { Authorization: `Bearer ${facts.keys.live.PRIME}`, Connection: 'close' },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(told));
  return told;
}
