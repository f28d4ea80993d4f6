/** An owner lets an app of somebody else act, sees on the staff page what it may do, and ends it: its tokens work no more. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { facts, open, run } from '../browser.mjs';
import { PYTHON, ROOT } from '../stand-in.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

const REDIRECT = 'http://127.0.0.1:4000/callback';

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

async function flow(browser, width) {
  const name = `Newsletter ${randomUUID().slice(0, 8)}`;
  const clientId = await registered(name);
  const opened = await open(browser, { width });
  const { page, context } = opened;
  const tokens = await allowed(page, name, clientId);
  assert.equal(await statusOf(tokens.access_token), 200);

  await page.goto(`${facts.urls.console}/staff`);
  await signIn(page, facts.signIns.owner);
  const apps = page.getByRole('region', { name: 'Apps of others' });
  const app = apps.getByRole('listitem').filter({ hasText: name });
  await app.getByText('May read: members, stores').waitFor();
  await app.getByText('May change: rewards').waitFor();
  await check(opened, 'staff-apps');
  await app.getByRole('button', { name: 'End it' }).press('Enter');
  await app.getByRole('group').getByRole('button', { name: 'End it' }).press('Enter');
  await app.waitFor({ state: 'detached' });
  await page.getByText(`${name} may do nothing here any more.`).waitFor();
  const again = { grant_type: 'refresh_token', client_id: clientId, refresh_token: tokens.refresh_token };
  assert.equal((await token(again)).error, 'invalid_grant');
  await check(opened, 'staff-apps-ended');
  await context.close();
}

/** Register an app, as the operator does; return its id. */
async function registered(name) {
  const env = { ...process.env, FIRESTORE_EMULATOR_HOST: facts.firestoreHost, GOOGLE_CLOUD_PROJECT: facts.projectId };
  const command = ['-m', 'tools.admin', 'app', 'create', name, '--redirect-uri', REDIRECT, '--public', '--json'];
  return JSON.parse((await promisify(execFile)(PYTHON, command, { cwd: ROOT, env })).stdout).clientId;
}

/** Say yes on the page of consent, to which the app has sent the browser; return the app's tokens. */
async function allowed(page, name, clientId) {
  const verifier = randomBytes(48).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT,
    scope: 'members.read stores.read rewards.write',
    state: 'abc',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const sentBack = new Promise((done) => page.route(`${REDIRECT}*`, (route) => (done(route.request().url()), route.fulfill({ body: 'Back in the app.' }))));
  await page.goto(`${facts.urls.oauth}/oauth/authorize?${query}`);
  await page.getByText(name).first().waitFor();
  await page.getByLabel('E-mail').fill(facts.signIns.owner.email);
  await page.getByLabel('Password').fill(facts.signIns.owner.password);
  await page.keyboard.press('Enter');
  const code = new URL(await sentBack).searchParams.get('code');
  await page.getByText('Back in the app.').waitFor(); // It is there: the next page does not interrupt it.
  return token({ grant_type: 'authorization_code', client_id: clientId, code, code_verifier: verifier, redirect_uri: REDIRECT });
}

async function token(form) {
  return (await fetch(`${facts.urls.oauth}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })).json();
}

/** Call the API as the app does; return the status. */
async function statusOf(accessToken) {
  const headers = { Authorization: `Bearer ${accessToken}` };
  return (await fetch(`${facts.baseUrl}/fetchStores`, { method: 'POST', headers, body: '{}' })).status;
}
