/** An owner has a till read: what came is counted, what could not be taken has its reason, and a till that is away is said. */

import { call, facts, open, run } from '../browser.mjs';
import { withStandIn } from '../stand-in.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

const named = { storeId: facts.storeId, kind: 'pos', system: 'korona' };

/** The stand-in ends: nothing may be left that refers to it, however the flow went. */
const disconnect = () => call('deleteSyncConfiguration', named).catch(() => undefined);

await run(async (browser) => {
  for (const width of WIDTHS) await withStandIn('till', (till, tell) => flow(browser, width, till, tell).finally(disconnect));
});

async function flow(browser, width, till, tell) {
  await call('configureSync', { ...named, credentials: till, schedule: 'nightly' });
  await tell('product', '2001', 'Mug', '-1');
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/developers/connections`);
  await signIn(page, facts.signIns.owner);
  const panel = page.getByRole('region', { name: 'KORONA.cloud Till' });
  await panel.getByText('Every night').waitFor();

  // While the till answers nothing, the sync is under way, and the page says so by itself.
  await tell('hold');
  await panel.getByRole('button', { name: 'Sync now' }).press('Enter');
  await panel.getByText('Syncing …').waitFor();
  await check(opened, 'sync-under-way');
  await tell('release');
  await panel.getByText('Done').waitFor();
  await panel.getByText(/^5 read, .*1 not taken$/).waitFor();
  await panel.getByText('1 remark').press('Enter');
  await panel.getByText('has a price below zero').waitFor();
  await check(opened, 'sync-done');
  await inGerman(browser, width, async (german) => {
    await german.getByText('1 Bemerkung').press('Enter');
    await german.getByText('Der Preis liegt unter null: -1,00 €').waitFor();
  }, 'sync-remark');

  await tell('lock');
  await panel.getByRole('button', { name: 'Sync now' }).press('Enter');
  await panel.getByText('The other system does not accept the keys or passwords.').first().waitFor();
  await panel.getByText('Failed').waitFor();
  await check(opened, 'sync-failed');
  await inGerman(browser, width, (german) => german.getByText('KORONA.cloud hat mit Fehler 401 geantwortet').waitFor(), 'sync-refused');
  await context.close();
  await asDeveloper(browser, width);
}

/** What the connector says has German words. */
async function inGerman(browser, width, look, name) {
  const opened = await open(browser, { width, language: 'de-DE', dark: true });
  await opened.page.goto(`${facts.urls.console}/developers/connections`);
  await signIn(opened.page, facts.signIns.owner, GERMAN);
  await look(opened.page.getByRole('region', { name: 'KORONA.cloud Kasse' }));
  await check(opened, name);
  await opened.context.close();
}

/** Who connects systems has no button for what books at once. */
async function asDeveloper(browser, width) {
  const { page, context } = await open(browser, { width });
  await page.goto(`${facts.urls.console}/developers/connections`);
  await signIn(page, facts.signIns.developer);
  await page.getByRole('region', { name: 'KORONA.cloud Till' }).getByText('Owners can sync it at once.').waitFor();
  await context.close();
}
