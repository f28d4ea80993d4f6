/** Who has never seen the API copies the lines of the page into a shell, Python and Node, and runs them; a server for webhooks, too. */

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { call, facts, open, run } from '../browser.mjs';
import { PYTHON } from '../stand-in.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

const started = promisify(execFile);

await run(async (browser) => {
  const folder = await mkdtemp(join(tmpdir(), 'try-'));
  try {
    for (const width of WIDTHS) await flow(browser, width, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function flow(browser, width, folder) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${facts.urls.console}/developers/keys`);
  await signIn(page, facts.signIns.developer);
  await page.getByLabel('Trying out the API').check();
  await page.getByRole('textbox', { name: 'Where it is used' }).press('Enter');
  const shown = page.getByRole('status', { name: 'The new key' });
  const key = await copied(page, shown.getByRole('button', { name: 'Copy' }));
  assert.match(key, /^bk_test_sk_/);
  await shown.getByRole('button', { name: 'I have kept it' }).press('Enter');
  await assertNotKept(page, key);

  await page.getByRole('link', { name: 'Try it' }).click();
  const lines = async (label) => (await copied(page, page.getByRole('button', { name: `Copy ${label}` }))).replaceAll('bk_test_sk_…', key);
  const answers = (await started('bash', ['-c', await lines('In a shell')])).stdout.trim().split('\n').map(JSON.parse);
  assert.deepEqual(answers.map((each) => each.success), [true, true, true]);
  assert.match((await started(PYTHON, ['-c', await lines('In Python')])).stdout, /currentBalance/);
  const told = await started(process.execPath, ['--input-type=module', '-e', await lines('In JavaScript')]);
  assert.match(told.stdout, /currentBalance/);
  await receives(page, folder, await lines('A server for webhooks'));
  await check(opened, 'try');
  await context.close();
}

/** What the page's server gets is a signed event; a forged one is refused. */
async function receives(page, folder, program) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/hook`;
  const { secret, webhook } = await call('createWebhookEndpoint', { storeId: facts.storeId, url, events: ['*'] });
  const file = join(folder, 'receiver.mjs');
  await writeFile(file, program.replace('whsec_…', secret).replace('4000', String(port)));
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  try {
    await said.next();
    assert.equal((await fetch(url, { method: 'POST', body: '{}' })).status, 401);
    await call('sendTestWebhookEvent', { webhookId: webhook.webhookId, type: 'member.suspended' });
    let line = '';
    while (!line.startsWith('member.suspended')) line = (await said.next()).value; // Other flows have events, too.
  } finally {
    child.kill();
    await call('deleteWebhookEndpoint', { webhookId: webhook.webhookId });
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

async function copied(page, button) {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await button.press('Enter'); // It says so for a moment only, which a busy machine may miss.
  const text = await page.waitForFunction(async () => (await navigator.clipboard.readText()) || null, null, { polling: 100 });
  return text.jsonValue();
}

/** A secret that the person has kept is nowhere in the browser any more. */
async function assertNotKept(page, secret) {
  assert.ok(!(await page.content()).includes(secret));
  assert.ok(!page.url().includes(secret));
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state]));
  assert.ok(!kept.includes(secret));
}
