/** An owner changes each topic of a program's further rules, in German; what only the API sets stays, and is said. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, facts, open, run } from '../browser.mjs';
import { check, GERMAN, signIn, WIDTHS } from './staff.mjs';

/** What only the API sets. */
const BY_API = {
  eventRules: [{ event: 'review', points: 5, timesPerPeriod: 1, period: 'month' }],
  ruleExpiries: [{ rule: 'event:birthday', afterDays: 30, alertDays: 7 }],
  milestones: [250],
  offlineOverdraft: 20,
};

await run(async (browser) => {
  for (const width of WIDTHS) await flow(browser, width);
});

async function makeProgram() {
  const programName = `Regeln ${randomUUID().slice(0, 8)}`;
  const body = { storeId: facts.storeId, programName, programType: 'points', rules: { pointsPerEuro: 1 }, isActive: false };
  return (await call('createLoyaltyProgram', { ...body, ...BY_API })).programId;
}

async function flow(browser, width) {
  const programId = await makeProgram();
  const opened = await open(browser, { width, language: 'de-DE', dark: width === WIDTHS[0] });
  const { page, context } = opened;
  const base = `${facts.urls.console}/programs/${programId}`;
  await page.goto(`${base}/more`);
  await signIn(page, facts.signIns.owner, GERMAN);
  await page.getByText('„review“ bringt 5 Punkte, höchstens 1-mal im Monat.').waitFor();
  await check(opened, 'rules-begin');

  /** Change a topic, and return the program after it. */
  async function topic(title, type) {
    await page.getByRole('link', { name: `Ändern ${title}` }).press('Enter');
    await page.getByRole('heading', { name: title, level: 2 }).waitFor();
    await type();
    await check(opened, `rules-${title.toLowerCase().replace(/\W+/g, '-')}`);
    await page.getByRole('button', { name: 'Speichern' }).press('Enter');
    await page.getByText('Gespeichert.', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Alle weiteren Regeln' }).press('Enter');
    return (await call('getLoyaltyProgram', { programId })).program;
  }
  const fill = (label, text) => page.getByLabel(label).fill(text);

  const friends = await topic('Freunde mitbringen', async () => {
    await fill(/^Für alle, die jemanden mitbringen/, '100');
    await fill(/^Kleinster erster Einkauf/, '10');
    await fill(/^Freunde eines Mitglieds/, '5');
  });
  assert.deepEqual(friends.referral, { referrerPoints: 100, newMemberPoints: 0, minimumPurchase: 10, coolOffDays: 14, limitPerYear: 5 });

  const visits = await topic('Besuche und Wege zu sammeln', async () => {
    await page.getByLabel('Bestellungen abholen').check();
    await fill(/^Für einen Check-in/, '3');
    await fill('Minuten zwischen zweien, die zählen', '90');
  });
  assert.deepEqual(visits.earningMethods, ['qr_checkin', 'store_checkin', 'click_collect']);
  assert.deepEqual([visits.rules.pointsPerCheckin, visits.checkInLimit], [3, { perDay: 1, minutesBetween: 90 }]);

  const occasions = await topic('Geschenke zu Anlässen', () => fill(/^Zum Geburtstag/, '50'));
  assert.deepEqual(occasions.eventRules.map(({ event, points }) => [event, points]), [['birthday', 50], ['review', 5]]);

  const paying = await topic('Bezahlen und weitergeben', async () => {
    await fill(/^Was einer davon an der Kasse wert ist/, '0,005');
    await page.getByLabel('An andere weitergeben').selectOption('customers');
  });
  assert.deepEqual([paying.pointValue, paying.transfers], [0.005, 'customers']);

  const expiry = await topic('Verfall', async () => {
    await page.getByLabel('Was gesammelt ist, verfällt').selectOption('year');
    await page.getByLabel('ein Einkauf oder Besuch').check();
  });
  assert.deepEqual(expiry.pointsExpiry, { fixedDates: ['12-31'], renewedBy: ['earning'], alertDays: 30 });

  const purchases = await topic('Was von einem Einkauf zählt', async () => {
    await page.getByLabel('Was bezahlt wurde, zählt').selectOption('net');
    await fill('Mehrwertsteuer in Prozent', '7');
    await page.getByLabel('Trinkgeld').uncheck();
    await fill(/^Kategorien von Waren/, 'Tabak\nZeitungen\n');
  });
  assert.deepEqual(purchases.earningBase, {
    taxMode: 'net',
    vatPercent: 7,
    excludedCategories: ['Tabak', 'Zeitungen'],
    excludedProductIds: [],
    excludedTypes: ['voucher', 'gift_card', 'deposit'],
    shippingEarns: false,
  });

  const limits = await topic('Grenzen', async () => {
    await fill(/^Höchstens für ein Mitglied in einem Monat/, '1000');
    await page.getByLabel('Eine Buchung, die mehr wäre').selectOption('reject');
  });
  assert.deepEqual(limits.earningLimits, { maxPerBooking: null, maxPerDay: null, maxPerMonth: 1000, whenExceeded: 'reject' });

  const returns = await topic('Rückgaben und Stornos', () => fill(/^Tage, bis das Gesammelte/, '14'));
  assert.equal(returns.pendingDays, 14);

  const receipts = await topic('Bons', async () => {
    await page.getByLabel('Mitglieder können Bons nachträglich einreichen').check();
    await fill('Wie viele Tage alt ein Bon sein darf', '30');
  });
  assert.deepEqual(receipts.receiptClaims, { perDay: 3, withinDays: 30 });

  const months = await topic('Verfall', async () => {
    await page.getByLabel('Was gesammelt ist, verfällt').selectOption('months');
    await fill('Nach wie vielen', '6');
    await page.getByLabel('Erst am Ende dieses Monats').check();
  });
  assert.deepEqual(months.pointsExpiry, { afterMonths: 6, endOfMonth: true, renewedBy: ['earning'], alertDays: 30 });
  for (const [name, value] of Object.entries(BY_API)) {
    if (name !== 'eventRules') assert.deepEqual(months[name], value, name);
  }

  await check(opened, 'rules');
  await page.getByRole('link', { name: 'Übersicht' }).press('Enter');
  await page.getByText('Was gesammelt ist, kann man für 6 Monate, und von da an bis zum Ende des Monats ausgeben.').waitFor();
  await page.getByText('An der Kasse ist 1 Punkt 0,005 € wert.').waitFor();
  await check(opened, 'rules-overview');
  await context.close();
}
