/** A manager makes a program by the keyboard, sees its card meanwhile, and opens it; in both languages. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

await run(async (browser) => {
  for (const width of WIDTHS) await wizard(browser, width);
  await german(browser);
  await reader(browser);
});

async function programsNamed(name) {
  const { programs } = await call('getLoyaltyPrograms', { storeId: facts.storeId });
  return programs.filter((each) => each.programName === name);
}

/** Press what has the focus once the page is ready for it. */
async function goOn(page) {
  await page.getByRole('button', { name: 'Go on' }).press('Enter');
}

async function wizard(browser, width) {
  const name = `Regulars ${randomUUID().slice(0, 8)}`;
  const opened = await open(browser, { width });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/programs`);
  await signIn(page, facts.signIns.manager);
  await page.getByRole('heading', { name: 'Programs', level: 1 }).waitFor();
  await page.getByRole('table', { name: 'Programs of this store' }).waitFor();
  await check(opened, 'programs');

  await page.getByRole('link', { name: 'New program' }).press('Enter');
  await page.getByRole('group', { name: 'How do you want to reward your customers?' }).waitFor();
  await goOn(page);
  await page.getByText('Please fill this in.').waitFor();
  await check(opened, 'wizard-kind-empty');
  await page.getByRole('radio', { name: 'Points' }).press('Space');
  await page.getByRole('region', { name: 'Preview' }).getByText('A customer who spends €12.90 gets 12 points.').waitFor();
  await check(opened, 'wizard-kind');
  await goOn(page);

  await page.getByRole('heading', { name: 'What is it called?' }).waitFor();
  await goOn(page);
  await page.locator('input[aria-invalid]:focus').waitFor();
  await check(opened, 'wizard-name-empty');
  await page.getByLabel('Name of the program').fill(name);
  await page.getByLabel('Description (optional)').fill('For everybody who comes back.');
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { name: 'What do customers get?' }).waitFor();
  await page.getByLabel('Points for each €1').fill('ten');
  await page.getByText('Type a number from 0.0001 to 100000, such as 12.5.').waitFor();
  await page.getByText('The card is shown here again once all fields are right.').waitFor(); // Nothing that is not typed.
  await check(opened, 'wizard-rules-doubt');
  await page.getByLabel('Points for each €1').fill('10');
  await page.getByLabel('First reward (optional)').fill('A coffee');
  await page.getByText('A customer who spends €12.90 gets 129 points.').waitFor();
  const visit = page.getByText('A check-in in the shop brings 3 points, also without a purchase.');
  assert.equal(await page.getByText(/^A check-in in the shop brings/).count(), 0); // Nobody has chosen it.
  await page.getByLabel('A visit brings something, too, without a purchase').press('Space');
  await page.getByLabel('For a check-in without a purchase, in points').fill('3');
  await visit.first().waitFor();
  await check(opened, 'wizard-visits');
  await page.getByLabel('A visit brings something, too, without a purchase').press('Space');
  await visit.first().waitFor({ state: 'detached' });
  await page.reload(); // The draft is still there.
  await page.getByText('A customer who spends €12.90 gets 129 points.').waitFor();
  await page.getByText('For 100 points: A coffee.').waitFor();
  await page.getByText('You go on with what you typed before.').waitFor();
  const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem');
  assert.deepEqual(await steps.filter({ hasText: '(finished)' }).allTextContents(), ['Kind (finished)', 'Name (finished)']);
  await check(opened, 'wizard-rules');
  await goOn(page);

  await page.getByRole('heading', { name: 'What does the card look like?' }).waitFor();
  await page.getByRole('radio', { name: 'Yellow' }).press('Space');
  await page.getByText(/^White would be hard to read on it \(1\.\d to 1\)/).waitFor();
  await check(opened, 'wizard-look');
  await page.getByLabel('Address of your logo').fill('https://localhost/logo.png'); // The API alone refuses it.
  await goOn(page);
  await page.getByRole('heading', { name: 'Is all of it right?' }).waitFor();
  await page.getByRole('button', { name: 'Open it' }).press('Enter');
  await page.getByText('This was not accepted. Please look again.').waitFor();
  assert.equal(new URL(page.url()).pathname, '/console/programs/new/look');
  await check(opened, 'wizard-refused');
  assert.deepEqual(await programsNamed(name), []);
  await page.getByLabel('Address of your logo').fill('');
  await goOn(page);
  await page.getByRole('list', { name: 'Steps' }).getByRole('link', { name: 'Name' }).press('Enter');
  await page.getByRole('heading', { name: 'What is it called?' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Is all of it right?' }).waitFor();
  await check(opened, 'wizard-open');
  // The answer is lost on its way, after the API has made it.
  await page.route('**/createLoyaltyProgram', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.getByRole('button', { name: 'Open it' }).press('Enter');
  await page.getByText('No answer came. Try it again: it counts only once.').waitFor();
  await check(opened, 'wizard-unknown');
  await page.unroute('**/createLoyaltyProgram');
  await page.reload();
  await page.getByRole('button', { name: 'Open it' }).press('Enter');
  await page.getByText('Your program is open.').waitFor();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  await check(opened, 'program-made');
  const made = await programsNamed(name);
  assert.deepEqual(made.map((each) => [each.isActive, each.rules.pointsPerCheckin]), [[true, 0]]);
  await page.getByRole('link', { name: 'All programs' }).press('Enter');
  await page.getByRole('link', { name: 'New program' }).waitFor(); // The draft is gone.
  await context.close();
}

/** A developer looks, and is offered nothing that the role may not do. */
async function reader(browser) {
  const opened = await open(browser);
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/programs/new`);
  await signIn(page, facts.signIns.developer);
  await page.getByText('Your role can look, and change nothing here.').waitFor();
  assert.equal(new URL(page.url()).pathname, '/console/programs');
  assert.equal(await page.getByRole('link', { name: 'New program' }).count(), 0);
  await check(opened, 'programs-developer');
  await page.getByRole('table').locator('a[href$="/lp_demo-points"]').press('Enter');
  await page.getByRole('heading', { name: 'Open', level: 2 }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Close the program' }).count(), 0);
  await page.getByRole('link', { name: 'Card and rules' }).press('Enter');
  await page.getByText('Your role can look, and change nothing here.').waitFor();
  await check(opened, 'program-developer');
  await context.close();
}

/** A card of stamps says what it is collected for. */
async function stampsGerman(page) {
  const steps = page.getByRole('list', { name: 'Schritte' });
  await steps.getByRole('link', { name: 'Art' }).press('Enter');
  await page.getByRole('radio', { name: 'Stempel' }).check();
  await steps.getByRole('link', { name: 'Regeln' }).press('Enter');
  await page.getByRole('button', { name: 'Weiter' }).press('Enter');
  await page.getByText('Bitte füllen Sie das aus.').waitFor();
  await page.getByLabel('Was bringt eine volle Karte?').fill('Ein Kaffee');
  await page.getByText('10 Stempel, dann: Ein Kaffee.').waitFor();
}

async function german(browser) {
  const opened = await open(browser, { language: 'de-DE', dark: true });
  const { page, context } = opened;
  await page.goto(`${facts.urls.console}/programs/new`);
  await signIn(page, facts.signIns.owner, GERMAN);
  await page.getByRole('radio', { name: 'Stufen' }).check();
  await page.getByRole('button', { name: 'Weiter' }).press('Enter');
  await page.getByLabel('Name des Programms').fill('Stammgäste');
  await page.keyboard.press('Enter');
  await page.getByLabel('Gold: ab wie vielen Punkten').fill('2000');
  await page.getByText('Gold: mindestens 2.000 Punkte.').waitFor();
  await check(opened, 'wizard-levels-german');
  await page.getByRole('list', { name: 'Schritte' }).getByRole('link', { name: 'Art' }).press('Enter');
  await page.getByRole('radio', { name: 'Cashback' }).check();
  await page.getByRole('list', { name: 'Schritte' }).getByRole('link', { name: 'Regeln' }).press('Enter');
  await page.getByLabel('Cashback in Prozent').fill('2,5');
  await page.getByText('Wer für 12,90 € einkauft, bekommt 0,32 € zurück.').waitFor();
  await check(opened, 'wizard-german');
  await stampsGerman(page);
  await page.getByRole('link', { name: 'Programme' }).press('Enter');
  await page.getByRole('heading', { name: 'Ein Programm, das noch nicht fertig ist' }).waitFor();
  await check(opened, 'programs-draft-german');
  await page.getByRole('button', { name: 'Neu beginnen' }).press('Enter');
  await page.getByRole('button', { name: 'Ja, neu beginnen' }).press('Enter');
  await page.getByRole('group', { name: 'Wie möchten Sie Ihre Kunden belohnen?' }).waitFor();
  assert.equal(await page.getByRole('radio', { checked: true }).count(), 0);
  await context.close();
}
