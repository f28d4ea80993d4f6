/** Each role gets its pages; who may not list stores names one; the choice is remembered; mailed links work. */

import assert from 'node:assert/strict';
import { call, facts, open, run } from '../browser.mjs';
import { check, mailedLink, makePerson, SECTIONS, signIn, WIDTHS } from './staff.mjs';

/** Make somebody who can sign in and is a cashier in all stores. */
async function makeCashier() {
  const person = await makePerson('shell');
  await call('addStaffMember', { userId: person.userId, role: 'cashier', label: 'Everywhere' });
  return person;
}

await run(async (browser) => {
  for (const width of WIDTHS) {
    const cashier = await makeCashier();
    try {
      await anyStore(browser, width, cashier);
    } finally {
      await call('removeStaffMember', { userId: cashier.userId });
    }
    await roles(browser, width);
    await withoutSession(browser, width);
  }
});

/** The page cannot learn which project it belongs to: it says so, and begins again when asked. */
async function withoutSession(browser, width) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await context.route('**/init.json', (route) => route.abort());
  await page.goto(facts.urls.console);
  await page.getByText('Something went wrong with us. Try again.').waitFor();
  await context.unroute('**/init.json');
  await page.getByRole('button', { name: 'Try again' }).press('Enter');
  await page.getByLabel('E-mail address').waitFor();
  await check(opened, 'console-begun-again');
  await context.close();
}

async function anyStore(browser, width, cashier) {
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(facts.urls.console);
  await page.getByLabel('E-mail address').fill(cashier.email);
  await page.keyboard.press('Enter');
  await page.getByText(`We have mailed a link to ${cashier.email}`).waitFor();
  await page.goto(await mailedLink(cashier.email));

  const store = page.getByLabel('Id or link of your store');
  await store.fill('store_nowhere');
  await page.keyboard.press('Enter');
  await page.getByText('There is no such store.').waitFor();
  await check(opened, 'console-store');
  await store.fill(facts.urls.card);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Till' }).waitFor();
  assert.equal(new URL(page.url()).search, ''); // Nothing is left of the link's proof.
  await page.reload();
  await page.getByRole('heading', { name: 'Till' }).waitFor();

  // The card has a session of its own: there nobody has signed in.
  await page.goto(new URL('/cards', facts.urls.card).href);
  await page.getByText('Sign in to see your cards.').waitFor();
  await context.close();
}

async function roles(browser, width) {
  for (const role of ['owner', 'developer']) {
    const names = SECTIONS[role];
    const opened = await open(browser, { width });
    const { page, context } = opened;
    await page.goto(facts.urls.console);
    await signIn(page, facts.signIns[role]);
    await page.getByRole('navigation').waitFor();
    await page.getByRole('heading', { name: names[0], level: 1 }).waitFor();
    assert.deepEqual(await page.getByRole('navigation').getByRole('link').allInnerTexts(), names);
    await check(opened, `console-${role}`);
    await focusWithThePage(page);
    await context.close();
  }
}

/** The focus is at a page's heading when the page appears: later it would leave what was pressed at once. */
async function focusWithThePage(page) {
  const isThere = page.evaluate(
    () =>
      new Promise((resolve) => {
        const observer = new globalThis.MutationObserver(() => {
          const heading = globalThis.document.querySelector('h1');
          if (heading?.textContent === 'Members') resolve(globalThis.document.activeElement === heading);
        });
        observer.observe(globalThis.document.body, { childList: true, subtree: true });
      }),
  );
  await page.getByRole('link', { name: 'Members', exact: true }).press('Enter');
  assert.ok(await isThere);
}
