/**
 * A customer asks to be told on this device, is told of a booking, and signs out. Google's services
 * are answered as they document it; the message that the backend sends is given to the worker.
 */

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { setTimeout as wait } from 'node:timers/promises';
import { call, check, facts, open, run } from './browser.mjs';
import { makeGuest, visit } from './guests.mjs';

const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Allow-Methods': '*',
};

/** Answer for Google: installations are as they ask to be, registrations are theirs. */
async function standIn(context) {
  const google = { installed: [], registered: [], deleted: [] };
  await context.route('https://firebaseinstallations.googleapis.com/**', async (route) => {
    const request = route.request();
    if (request.method() === 'OPTIONS') return route.fulfill({ status: 204, headers: HEADERS });
    if (request.method() === 'DELETE') {
      google.deleted.push(new URL(request.url()).pathname.split('/').at(-1));
      return route.fulfill({ json: {}, headers: HEADERS });
    }
    const { fid } = request.postDataJSON();
    google.installed.push(fid);
    const authToken = { token: 'x.y.z', expiresIn: '604800s' };
    const json = { name: `projects/1/installations/${fid}`, fid, refreshToken: '3_x', authToken };
    return route.fulfill({ json, headers: HEADERS });
  });
  await context.route('https://fcmregistrations.googleapis.com/**', async (route) => {
    const request = route.request();
    if (request.method() === 'OPTIONS') return route.fulfill({ status: 204, headers: HEADERS });
    google.registered.push(request.postDataJSON().web);
    const json = { name: `projects/1/registrations/${google.installed.at(-1)}` };
    return route.fulfill({ json, headers: HEADERS });
  });
  // No push service of a browser's vendor can be reached from a test.
  await context.addInitScript(() => {
    let subscription = null;
    const bytes = new Uint8Array([1, 2, 3]).buffer;
    globalThis.PushManager.prototype.getSubscription = async () => subscription;
    globalThis.PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
      globalThis.applicationServerKey = [...applicationServerKey];
      subscription = {
        endpoint: 'https://push.example/1',
        getKey: () => bytes,
        unsubscribe: async () => {
          subscription = null;
          return true;
        },
      };
      return subscription;
    };
  });
  return google;
}

/** Give the service worker a message as FCM's servers would. */
async function deliver(page, message) {
  const session = await page.context().newCDPSession(page);
  const registered = new Promise((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const found = registrations.find((each) => !each.isDeleted);
      if (found) resolve(found.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const data = JSON.stringify({ data: message.webpush.data, from: '1', fcmMessageId: 'x', priority: 'normal' });
  await session.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(facts.urls.card).origin,
    registrationId: await registered,
    data,
  });
  await session.detach();
}

/** Return what the browser shows, as soon as it shows something: the worker takes a moment for it. */
async function notices(page) {
  await page.waitForFunction(async () => (await (await navigator.serviceWorker.ready).getNotifications()).length > 0);
  return page.evaluate(async () => {
    const worker = await navigator.serviceWorker.ready;
    return (await worker.getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, data }));
  });
}

async function sent(userIsTold) {
  for (let tries = 0; tries < 300; tries += 1) {
    const all = await (await fetch(`${facts.fcmUrl}/sent`)).json();
    const found = all.filter((each) => userIsTold.includes(each.fid));
    if (found.length > 0) return found;
    await wait(100);
  }
  throw new Error('nothing was sent');
}

const { storeId } = facts;
const { programId } = await call('createLoyaltyProgram', {
  storeId,
  programName: 'Morning card',
  programType: 'points',
  rules: { pointsPerEuro: 1 },
  rewards: [{ rewardId: 'coffee', title: 'Free coffee', type: 'free_product', requiredPoints: 10 }],
  isActive: true,
});
const guest = await makeGuest();
const member = { programId, userId: guest.userId };
await call('enrollInLoyaltyProgram', member);
const path = `/c/${encodeURIComponent(programId)}`;

try {
  await run(async (browser) => {
    const { context, page, problems } = await open(browser, { worker: true });
    const google = await standIn(context);
    await visit(page, guest, path);
    const card = page.getByRole('switch', { name: 'Messages on this device' });
    await card.waitFor();
    assert.deepEqual(google.installed, []);
    await check(page, 'messages-off', problems);

    // The browser says no for now: the switch stays as it is, and says why.
    await page.evaluate(() => (globalThis.Notification.requestPermission = async () => 'denied'));
    await card.click();
    await page.getByText('The browser blocks messages of this page.').waitFor();
    await check(page, 'messages-blocked', problems);

    await context.grantPermissions(['notifications']);
    await page.reload();
    await card.waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);

    // Google does not answer: nothing is subscribed, and it can be tried again.
    await context.setOffline(true);
    await card.click();
    await page.getByText('The browser could not be signed up for messages.').waitFor();
    assert.equal(await card.isChecked(), false);
    await check(page, 'messages-refused', problems);
    await context.setOffline(false);

    await card.focus();
    await page.keyboard.press('Space');
    await page.getByRole('checkbox', { name: 'a reward that I can get' }).waitFor();
    assert.equal(await card.isChecked(), true);
    assert.equal(google.registered.length, 1);
    assert.equal(google.registered[0].endpoint, 'https://push.example/1');
    const key = Buffer.from(await page.evaluate(() => globalThis.applicationServerKey));
    assert.equal(key.toString('base64url'), facts.pushKey);
    await check(page, 'messages-on', problems);

    await page.getByRole('checkbox', { name: 'what expires soon' }).click();
    await page.getByRole('checkbox', { name: 'what expires soon', checked: false }).waitFor();
    const { devices } = await call('getPushSettings', member);
    assert.deepEqual(devices.map((each) => each.kinds), [['earned', 'rewardInReach']]);

    // The till books; the backend sends; the browser shows it once, also if it comes twice.
    await call('addLoyaltyPoints', { ...member, points: 12, transactionId: `push-${programId}` });
    const [message] = await sent(google.installed);
    await deliver(page, message);
    await deliver(page, message);
    const { tag } = message.webpush.data;
    const store = message.webpush.data.title.replace('12 points at ', '');
    assert.deepEqual(await notices(page), [
      { title: `12 points at ${store}`, body: 'You now have 12. Enough for: Free coffee.', tag, data: path },
    ]);
    await opensTheCard(context, path);

    // It is remembered, also in German, in the dark, and on a wide screen.
    await page.reload();
    await page.getByRole('switch', { name: 'Messages on this device', checked: true }).waitFor();
    await page.setViewportSize({ width: 1280, height: 900 });
    await check(page, 'messages-wide', problems);
    await page.setViewportSize({ width: 390, height: 844 });

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/cards');
    assert.deepEqual(google.deleted, google.installed);
    assert.equal(await page.evaluate(() => globalThis.localStorage.getItem('punktwerk.messages')), null);

    const german = await open(browser, { language: 'de-DE', dark: true, worker: true });
    await standIn(german.context);
    await german.context.grantPermissions(['notifications']);
    await visit(german.page, guest, path, 'de');
    const schalter = german.page.getByRole('switch', { name: 'Mitteilungen auf diesem Gerät' });
    await schalter.click();
    await german.page.getByRole('checkbox', { name: 'was ich sammle' }).waitFor();
    await check(german.page, 'messages-german-dark', german.problems);
    await schalter.click();
    await german.page.getByRole('checkbox').first().waitFor({ state: 'detached' });
    const left = (await call('getPushSettings', member)).devices;
    assert.deepEqual(left.map((each) => each.language), ['en']);
  });
} finally {
  await call('updateLoyaltyProgram', { programId, isActive: false });
}

/** Only a real tap may open a window; so this looks at which one would be opened. */
async function opensTheCard(context, path) {
  const [worker] = context.serviceWorkers();
  const opened = await worker.evaluate(async () => {
    const [notification] = await globalThis.registration.getNotifications();
    return new Promise((resolve) => {
      globalThis.clients.openWindow = async (url) => resolve(url);
      globalThis.WindowClient.prototype.focus = async function focus() {
        resolve(this.url);
      };
      globalThis.dispatchEvent(new globalThis.NotificationEvent('notificationclick', { notification }));
    });
  });
  assert.equal(opened, new URL(path, facts.urls.card).href);
}
