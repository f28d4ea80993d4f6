/** No rule of a program is invisible: each one that the API knows changes a sentence of the program's page. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from './load.mjs';

globalThis.navigator ??= { language: 'en-GB' };
const { perCheckIn } = await load('console/src/programs/check-ins.ts');
const { inSentences } = await load('console/src/programs/in-sentences.ts');
const { TOPIC_IDS, topicOf } = await load('console/src/programs/more/topics.ts');
const { answersOf, faultsOfForm } = await load('console/src/programs/form/fields.ts');
const { schemas } = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')).components;

const POINTS = {
  programType: 'points',
  currency: 'EUR',
  rules: { pointsPerEuro: 1, minimumPurchase: null, pointsPerCheckin: null },
  rewards: [{ title: 'A coffee', requiredPoints: 100, isActive: true }],
  earningMethods: ['qr_checkin', 'store_checkin'],
  checkInLimit: { perDay: 1, minutesBetween: 0 },
  pointsExpiry: { afterDays: 90, renewedBy: ['earning'], alertDays: 30 },
  ruleExpiries: [{ rule: 'welcome', afterDays: 30, alertDays: 7 }],
  milestones: [100],
  earningBase: { taxMode: 'net', vatPercent: 19, excludedCategories: [], excludedProductIds: [], excludedTypes: ['tip', 'item'], shippingEarns: false },
  pendingDays: 0,
  redemptionCancelDays: 14,
  refundPolicy: 'within_balance',
  transfers: 'none',
  welcomeBonus: 0,
  offlineOverdraft: 0,
  allowsUnverified: false,
  earningLimits: { maxPerBooking: 500, maxPerDay: null, maxPerMonth: null, whenExceeded: 'truncate' },
  eventRules: [{ event: 'review', points: 5, timesPerPeriod: 1, period: 'month' }],
  receiptClaims: { perDay: 3, withinDays: 14 },
  referral: { referrerPoints: 100, newMemberPoints: 50, minimumPurchase: 0, coolOffDays: 14, limitPerYear: null },
  pointValue: null,
  tierPolicy: { basis: 'lifetime', downgrade: 'one', graceDays: 0, toEndOfMonth: false, alertDays: 0 },
};
const TIERS = [{ name: 'Bronze', minPoints: 0 }, { name: 'Silver', minPoints: 500 }];
const LEVELS = { ...POINTS, programType: 'tier', rules: { ...POINTS.rules, tiers: TIERS } };
const STAMPS = { ...POINTS, programType: 'stamps', rules: { requiredStamps: 10, stampsPerPurchase: 1, pointsPerCheckin: null } };
const CASHBACK = { ...POINTS, programType: 'cashback', rules: { cashbackPercentage: 3, maxCashbackPerTransaction: null, minimumPurchase: null, pointsPerCheckin: null } };

/** Another value of each rule, and whose program it is a rule of. */
const OTHERS = {
  'PointsRules.pointsPerEuro': [POINTS, { rules: { ...POINTS.rules, pointsPerEuro: 2 } }],
  'PointsRules.minimumPurchase': [POINTS, { rules: { ...POINTS.rules, minimumPurchase: 5 } }],
  'PointsRules.pointsPerCheckin': [POINTS, { rules: { ...POINTS.rules, pointsPerCheckin: 5 } }],
  'TierRules.pointsPerEuro': [LEVELS, { rules: { ...LEVELS.rules, pointsPerEuro: 2 } }],
  'TierRules.minimumPurchase': [LEVELS, { rules: { ...LEVELS.rules, minimumPurchase: 5 } }],
  'TierRules.pointsPerCheckin': [LEVELS, { rules: { ...LEVELS.rules, pointsPerCheckin: 5 } }],
  'TierRules.tiers': [LEVELS, { rules: { ...LEVELS.rules, tiers: [TIERS[0]] } }],
  'StampsRules.requiredStamps': [STAMPS, { rules: { ...STAMPS.rules, requiredStamps: 8 } }],
  'StampsRules.stampsPerPurchase': [STAMPS, { rules: { ...STAMPS.rules, stampsPerPurchase: 2 } }],
  'StampsRules.pointsPerCheckin': [STAMPS, { rules: { ...STAMPS.rules, pointsPerCheckin: 2 } }],
  'CashbackRules.cashbackPercentage': [CASHBACK, { rules: { ...CASHBACK.rules, cashbackPercentage: 4 } }],
  'CashbackRules.maxCashbackPerTransaction': [CASHBACK, { rules: { ...CASHBACK.rules, maxCashbackPerTransaction: 5 } }],
  'CashbackRules.minimumPurchase': [CASHBACK, { rules: { ...CASHBACK.rules, minimumPurchase: 5 } }],
  'CashbackRules.pointsPerCheckin': [CASHBACK, { rules: { ...CASHBACK.rules, pointsPerCheckin: 0.5 } }],
  ...Object.fromEntries(
    Object.entries({ name: 'Steel', minPoints: 1, multiplier: 2, color: null, benefits: ['A smile'], neverDowngrade: true }).map(
      ([name, value]) => [`Tier.${name}`, [LEVELS, { rules: { ...LEVELS.rules, tiers: [{ ...TIERS[0], [name]: value }, TIERS[1]] } }]],
    ),
  ),
  ...within('checkInLimit', 'CheckInLimit', { perDay: 2, minutesBetween: 60 }),
  ...within('pointsExpiry', 'PointsExpiry', { afterDays: 91, endOfMonth: true, fixedDates: ['12-31'], renewedBy: [], alertDays: 29 }),
  'PointsExpiry.afterMonths': [POINTS, { pointsExpiry: { afterMonths: 3, renewedBy: ['earning'], alertDays: 30 } }],
  ...inFirst('ruleExpiries', 'RuleExpiry', { rule: 'check_in', afterDays: 31, endOfMonth: true, fixedDates: ['12-31'], alertDays: 0 }),
  'RuleExpiry.afterMonths': [POINTS, { ruleExpiries: [{ rule: 'welcome', afterMonths: 1, alertDays: 7 }] }],
  ...within('earningBase', 'EarningBase', {
    taxMode: 'gross', vatPercent: 7, excludedCategories: ['tobacco'], excludedProductIds: ['4711'], excludedTypes: ['tip'], shippingEarns: true,
  }),
  ...within('earningLimits', 'EarningLimits', { maxPerBooking: 400, maxPerDay: 400, maxPerMonth: 400, whenExceeded: 'reject' }),
  ...inFirst('eventRules', 'EventRule', { event: 'app_login', points: 6, timesPerPeriod: 2, period: 'day' }),
  ...within('receiptClaims', 'ReceiptClaims', { perDay: 4, withinDays: 15 }),
  ...within('referral', 'Referral', { referrerPoints: 99, newMemberPoints: 49, minimumPurchase: 10, coolOffDays: 0, limitPerYear: 5 }),
  ...Object.fromEntries(
    Object.entries({ basis: 'balance', downgrade: 'none', graceDays: 3, toEndOfMonth: true, alertDays: 9 }).map(([name, value]) => [
      `TierPolicy.${name}`,
      [LEVELS, { tierPolicy: { ...LEVELS.tierPolicy, [name]: value } }],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries({
      earningMethods: ['scan_and_go'], pointsExpiry: null, ruleExpiries: [], milestones: [200], pendingDays: 7, redemptionCancelDays: 0,
      refundPolicy: 'unlimited', transfers: 'customers', welcomeBonus: 5, offlineOverdraft: 9, allowsUnverified: true, eventRules: [],
      receiptClaims: null, referral: null, pointValue: 0.005,
    }).map(([name, value]) => [`Program.${name}`, [POINTS, { [name]: value }]]),
  ),
};

function within(name, schema, values) {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [`${schema}.${field}`, [POINTS, { [name]: { ...POINTS[name], [field]: value } }]]));
}

function inFirst(name, schema, values) {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [`${schema}.${field}`, [POINTS, { [name]: [{ ...POINTS[name][0], [field]: value }] }]]));
}

/** What is no rule, or has a page of its own; and what its parts say. */
const ELSEWHERE = new Set([
  ...['programId', 'storeId', 'programName', 'programType', 'description', 'branding', 'isActive', 'currency', 'createdAt', 'updatedAt', 'rewards'],
  ...['rules', 'checkInLimit', 'earningBase', 'earningLimits', 'tierPolicy'],
].map((name) => `Program.${name}`));
const RULES = [
  'Program', 'PointsRules', 'TierRules', 'StampsRules', 'CashbackRules', 'Tier', 'CheckInLimit', 'PointsExpiry', 'RuleExpiry', 'EarningBase',
  'EarningLimits', 'EventRule', 'ReceiptClaims', 'Referral', 'TierPolicy',
].flatMap((schema) => Object.keys(schemas[schema].properties).map((name) => `${schema}.${name}`));

const said = (program) =>
  [...inSentences(program), ...TOPIC_IDS.flatMap((id) => topicOf(id).sentences(program))].join('\n');

test('each rule of the API is one of these', () => {
  assert.deepEqual(RULES.filter((each) => !ELSEWHERE.has(each)).sort(), Object.keys(OTHERS).sort());
});

for (const [name, [program, changes]] of Object.entries(OTHERS)) {
  if (name === 'Tier.color') continue; // A colour is seen, on the card.
  test(`${name} is said`, () => assert.notEqual(said({ ...program, ...changes }), said(program)));
}

test('what one of something pays is said exactly', () => {
  assert.match(said({ ...POINTS, pointValue: 0.005 }), /At the till 1 point pays €0\.005\./);
});

test('a program without anything says no empty sentence', () => {
  const bare = { pointsExpiry: null, ruleExpiries: [], milestones: [], eventRules: [], receiptClaims: null, referral: null, tierPolicy: null };
  for (const program of [POINTS, LEVELS, STAMPS, CASHBACK]) {
    assert.doesNotMatch(said({ ...program, ...bare }), /undefined|null|NaN|^$/m);
  }
});

/** What a form would send if nothing was typed. */
function unchanged(id, program) {
  const { form } = topicOf(id);
  const typed = form.typed(program);
  const fields = form.fields(program, typed);
  assert.deepEqual(faultsOfForm(fields, typed, 'en-GB'), {}, id);
  return form.changes(program, answersOf(fields, typed, 'en-GB'));
}

const asExpiry = (expiry) => Object.fromEntries(Object.entries(expiry).filter(([, value]) => value !== null && value !== false));

for (const id of TOPIC_IDS.filter((each) => topicOf(each).form)) {
  for (const program of [POINTS, LEVELS, STAMPS, CASHBACK]) {
    test(`${id} of ${program.programType} sends what there is, also what it does not ask for`, () => {
      for (const [name, value] of Object.entries(unchanged(id, program))) {
        if (name === 'rules') assert.equal(value.pointsPerCheckin, perCheckIn(program.rules));
        else assert.deepEqual(name === 'pointsExpiry' ? asExpiry(value) : value, program[name], name);
      }
    });
  }
}

test('an expiry that only the API can set stays', () => {
  const program = { ...POINTS, pointsExpiry: { afterMonths: 12, fixedDates: ['06-30', '12-31'], renewedBy: ['spending'], alertDays: 30 } };
  assert.deepEqual(unchanged('expiry', program), { pointsExpiry: { renewedBy: ['spending'], alertDays: 30 } });
});

test('of an expiry of another kind nothing old stays', () => {
  const { form } = topicOf('expiry');
  const typed = { ...form.typed(POINTS), kind: 'year', alertDays: '' };
  const answers = answersOf(form.fields(POINTS, typed), typed, 'en-GB');
  assert.deepEqual(form.changes(POINTS, answers), {
    pointsExpiry: { afterDays: null, afterMonths: null, endOfMonth: false, fixedDates: ['12-31'], renewedBy: ['earning'], alertDays: null },
  });
  const short = { ...typed, kind: 'days', count: '10', alertDays: '30' };
  assert.deepEqual(faultsOfForm(form.fields(POINTS, short), short, 'en-GB'), { alertDays: 'tooLarge' });
});

test('gifts for occasions leave the rules of systems alone', () => {
  const { form } = topicOf('occasions');
  const typed = { birthday: '50', newsletter: '' };
  const answers = answersOf(form.fields(POINTS, typed), typed, 'en-GB');
  assert.deepEqual(form.changes(POINTS, answers).eventRules, [
    { event: 'birthday', points: 50, timesPerPeriod: 1, period: 'year' },
    ...POINTS.eventRules,
  ]);
});
