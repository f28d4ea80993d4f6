/** Events go into a queue of Amazon SQS that a developer names in the console: a test arrives there, and no secret is shown. */

import assert from 'node:assert/strict';
import { call, facts, open, run } from '../browser.mjs';
import { withStandIn } from '../stand-in.mjs';
import { check, signIn, WIDTHS } from './staff.mjs';

await run(async (browser) => {
  for (const width of WIDTHS) {
    await withStandIn('queue', (queue, tell) => flow(browser, width, queue, tell).finally(() => remove(queue.queueUrl)));
  }
});

async function flow(browser, width, queue, tell) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/developers/webhooks`);
  await signIn(page, facts.signIns.developer);
  await page.getByLabel('Where to').selectOption('aws_sqs');
  await page.getByRole('button', { name: 'Add an endpoint' }).press('Enter');
  await page.getByText('Type the whole URL of the queue.').waitFor();
  await check(opened, 'queue-empty');
  await page.getByLabel('URL of the queue').fill(queue.queueUrl);
  await page.getByLabel('Access key ID').fill(queue.accessKeyId);
  await page.getByLabel('Secret access key').fill(queue.secretAccessKey);
  await page.keyboard.press('Enter');
  const secret = page.getByRole('status', { name: 'The signing secret' });
  await secret.getByRole('button', { name: 'I have kept it' }).press('Enter');

  await page.getByRole('link', { name: queue.queueUrl }).click();
  await page.getByRole('heading', { name: queue.queueUrl }).waitFor();
  await page.getByLabel('Event', { exact: true }).selectOption('member.suspended');
  await page.getByRole('button', { name: 'Send the test' }).press('Enter');
  await page.getByRole('listitem').filter({ hasText: 'member.suspended' }).getByText('Arrived').waitFor();
  const [message] = await tell('messages');
  assert.equal(JSON.parse(message).type, 'member.suspended');
  assert.ok(!(await page.content()).includes(queue.secretAccessKey));
  await check(opened, 'queue');
  await context.close();
}

/** The queue ends: nothing may be left that refers to it, however the flow went. */
async function remove(url) {
  const { webhooks } = await call('listWebhookEndpoints', { storeId: facts.storeId });
  const found = webhooks.filter((each) => each.destination?.queueUrl === url);
  for (const { webhookId } of found) await call('deleteWebhookEndpoint', { webhookId });
}
