/** A shop is connected by a form and its secret shown to nobody; lines name the store; the test switch writes nothing. */

import assert from 'node:assert/strict';
import { facts, open, run } from '../browser.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

const SECRET = 'whsec_' + 'a1B2c3D4'.repeat(4);

await run(async (browser) => {
  for (const width of WIDTHS) {
    await flow(browser, width);
    await german(browser, width);
  }
});

/** A form in German, in the dark: its texts come from the API's English, each with a translation. */
async function german(browser, width) {
  const opened = await open(browser, { width, language: 'de-DE', dark: true });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/developers/connections`);
  await signIn(page, facts.signIns.developer, GERMAN);
  const connect = page.locator('section', { has: page.getByRole('heading', { name: 'Verbinden', exact: true }) });
  await connect.getByLabel('Welches').selectOption('stripe');
  await connect.getByLabel('Geheimer Schlüssel').fill('pk_test_1234567890');
  await connect.getByLabel('Geheimnis der Webhooks').fill('kurz');
  await connect.getByText('Ein geheimer oder eingeschränkter API-Schlüssel: sk_… oder rk_…').waitFor();
  await page.keyboard.press('Enter');
  await connect.getByText('Geben Sie einen geheimen oder eingeschränkten Schlüssel an. Er beginnt mit sk_ oder rk_.').waitFor();
  await check(opened, 'developers-connect-german');
  await context.close();
}

async function flow(browser, width) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/developers/connections`);
  await signIn(page, facts.signIns.developer);
  await page.getByRole('heading', { name: 'Connections' }).waitFor();

  const connect = page.locator('section', { has: page.getByRole('heading', { name: 'Connect', exact: true }) });
  await connect.getByLabel('What').selectOption('shop');
  await connect.getByLabel('Which').selectOption('generic');
  await connect.getByRole('button', { name: 'Connect' }).press('Enter');
  await connect.getByText('This is needed.').first().waitFor();
  await check(opened, 'developers-connect-empty');
  await connect.getByLabel('Webhook secret').fill(SECRET);
  await page.keyboard.press('Enter');
  await connect.getByText('Connected.').waitFor();
  const shop = page.getByRole('region', { name: 'Another shop Online shop' });
  await shop.waitFor();
  assert.equal(await connect.getByLabel('Webhook secret').inputValue(), '');
  assert.ok(!(await page.content()).includes(SECRET));
  await check(opened, 'developers-connected');
  await shop.getByRole('button', { name: 'Disconnect' }).press('Enter');
  await shop.getByRole('button', { name: 'Yes, disconnect it' }).press('Enter');
  await shop.waitFor({ state: 'detached' });

  // What is no key of Stripe is refused at its field, in whole sentences.
  await connect.getByLabel('What').selectOption('psp');
  await connect.getByLabel('Which').selectOption('stripe');
  await connect.getByText('Where it sends its notices').waitFor();
  await connect.getByLabel('Secret key').fill('pk_test_1234567890');
  await connect.getByLabel('Webhook secret').fill(SECRET);
  await page.keyboard.press('Enter');
  await connect.getByText('It must be a secret or restricted key, which begins with sk_ or rk_.').waitFor();
  await check(opened, 'developers-connect-refused');

  await page.getByRole('link', { name: 'Try it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave without saving' }).click(); // What was refused is typed still.
  await page.getByText('In a shell').waitFor();
  assert.match(await page.locator('pre').first().innerText(), /lp_/);
  await check(opened, 'developers-try');

  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByRole('heading', { name: 'Events' }).waitFor();
  await check(opened, 'developers-events');

  // In test mode all is an example, and nothing is written.
  await page.getByRole('link', { name: 'Keys', exact: true }).click();
  const rows = page.getByRole('table').getByRole('row');
  await rows.nth(2).waitFor();
  const before = await rows.count();
  await page.getByRole('switch', { name: 'Test mode' }).press('Space');
  await page.getByText('Test mode: answers are made-up examples').waitFor();
  await page.getByRole('row', { name: 'Web shop' }).waitFor();
  await page.getByLabel('Trying out the API').check();
  await page.getByRole('textbox', { name: 'Where it is used' }).press('Enter');
  await page.getByRole('status', { name: 'The new key' }).waitFor();
  await check(opened, 'developers-test-mode');
  await page.getByRole('switch', { name: 'Test mode' }).press('Space');
  await rows.nth(2).waitFor();
  assert.equal(await rows.count(), before);
  await context.close();
}
