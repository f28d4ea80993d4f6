/** An owner connects a provider; payments by it are taken, cancelled and paid back, and a refusal is said. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { withStandIn } from '../stand-in.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

/** The stand-in ends: nothing may be left that refers to it, however the flow went. */
const disconnect = () => call('deletePSPConfiguration', { storeId: facts.storeId, provider: 'custom' }).catch(() => undefined);

await run(async (browser) => {
  for (const width of WIDTHS) await withStandIn('payments', (provider, tell) => flow(browser, width, provider, tell).finally(disconnect));
});

async function flow(browser, width, provider, tell) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/developers/connections`);
  await signIn(page, facts.signIns.owner);
  await connect(opened, provider);

  const reserved = await paid(1234, { captureLater: true });
  const unwanted = await paid(560, { captureLater: true });
  await page.getByRole('link', { name: 'Payments' }).click();
  await page.getByRole('heading', { name: 'Payments' }).waitFor();
  await page.getByLabel('State').selectOption('authorized');
  const row = (paymentId) => page.locator(`a[href$="${paymentId}"]`);
  await row(reserved).waitFor();
  await check(opened, 'payments');

  await row(unwanted).click();
  await page.getByRole('heading', { name: '€5.60' }).waitFor();
  await page.getByRole('button', { name: 'Cancel the payment' }).press('Enter');
  await page.getByRole('button', { name: 'Yes, cancel it' }).press('Enter');
  await page.getByText('The payment is cancelled.').waitFor();
  await page.getByText('Cancelled', { exact: true }).waitFor();
  await check(opened, 'payment-cancelled');
  await page.getByRole('link', { name: 'All payments' }).click();

  await row(reserved).click();
  await page.getByRole('heading', { name: '€12.34' }).waitFor();
  await check(opened, 'payment-reserved');
  await page.getByRole('button', { name: 'Take the money' }).press('Enter');
  await page.getByRole('button', { name: 'Yes, take it' }).press('Enter');
  const refund = page.locator('form', { has: page.getByRole('heading', { name: 'Pay back' }) });
  await refund.waitFor();

  await refund.getByLabel('How much').fill('12.35');
  await page.keyboard.press('Enter');
  await refund.getByText('At most €12.34 can be paid back.').waitFor();
  await refund.getByLabel('How much').fill('4');
  await refund.getByLabel('Reason').fill('A cup was broken');
  await page.keyboard.press('Enter');
  const asked = refund.getByRole('group', { name: /^Pay back €4.00/ });
  await asked.waitFor();
  await check(opened, 'payment-refunding');
  await asked.getByRole('button', { name: 'Yes, pay it back' }).press('Enter');
  await page.getByText('€4.00 is paid back.').waitFor();
  await page.getByText('At most €8.34.').waitFor();
  await page.getByRole('list', { name: 'What was paid back' }).getByText('€4.00 · A cup was broken').waitFor();
  await check(opened, 'payment-refunded');

  // What the provider refuses is said, and nothing is paid back.
  await tell('refuse');
  await refund.getByLabel('How much').fill('1');
  await page.keyboard.press('Enter');
  await refund.getByRole('button', { name: 'Yes, pay it back' }).press('Enter');
  await refund.getByText('The other system has refused this, and done nothing.').waitFor();
  await refund.getByText('The bank says no.').waitFor();
  await check(opened, 'payment-refused');
  await tell('accept');
  const { payment } = await call('getPayment', { paymentId: reserved });
  assert.deepEqual([payment.captured, payment.refunded], [1234, 400]);
  await context.close();
}

async function connect(opened, provider) {
  const { page } = opened;
  const form = page.locator('section', { has: page.getByRole('heading', { name: 'Connect', exact: true }) });
  await form.getByLabel('Which').selectOption('custom');
  await form.getByLabel('API URL').fill(provider.apiUrl);
  await form.getByLabel('API key').fill(provider.apiKey);
  await form.getByLabel('Notification secret').fill(provider.notificationSecret);
  await form.getByText('More settings').press('Enter');
  await form.getByLabel('Mode').selectOption('test');
  await form.getByRole('button', { name: 'Connect' }).press('Enter');
  await form.getByText('Connected.').waitFor();
  await page.getByRole('region', { name: 'A provider of your own' }).waitFor();
  await check(opened, 'payments-connected');
}

/** Have a customer pay on the provider's page; return the payment's id. */
async function paid(amount, further) {
  const { paymentId, redirectUrl } = await call('processPayment', {
    storeId: facts.storeId,
    amount,
    currency: 'EUR',
    purchaseId: `order-${randomUUID()}`,
    provider: 'custom',
    returnUrl: 'https://shop.example.com/done',
    ...further,
  });
  await fetch(redirectUrl);
  return paymentId;
}
