/** Whether a purchase that was sent later earned what the rules had said when it was made: decided here, without a page or a network. */

import { digitsOf } from '../../../shared/lib/amount.ts';
import { earnedBy, type Rules } from '../../../shared/lib/earning.ts';
import type { StoredRules } from '../store.ts';
import type { Entry, Outcome } from './outbox-rules.ts';
import { leftOf } from './payment-parts.ts';

/** What the API tells of a booking. */
export interface Told {
  readonly added: number;
  readonly pending: number;
  readonly reason: string | null;
  readonly cappedBy: string | null;
  readonly madeOf: {
    readonly base: number | null;
    readonly basePoints: number;
    readonly tierMultiplier: number;
    readonly campaigns: readonly { readonly campaignId: string; readonly points: number }[];
  } | null;
}

const CAP = 'maxCashbackPerTransaction';
/** Less than any difference of two rules makes, and more than the error of binary fractions. */
const NOTHING = 1e-6;

/**
 * Return what was promised and what was booked, if the rules of the purchase are not those of the
 * booking; `undefined` if they are, or if nobody can tell.
 *
 * Compared is what the rule gives by itself for what counts of the purchase, as the API says. So levels,
 * campaigns, taxes and limits make no difference.
 */
export function differenceOf(entry: Entry, told: Told): Outcome | undefined {
  const rules = entry.rules && readRules(entry.rules);
  if (!rules) return undefined;
  const booked = told.added + told.pending;
  const promised = told.madeOf ? promisedBy(rules, told, told.madeOf, entry) : promisedOfNothing(rules, entry, told);
  return promised === undefined || promised === booked ? undefined : { promised, booked };
}

function promisedBy(rules: Rules, told: Told, madeOf: NonNullable<Told['madeOf']>, entry: Entry): number | undefined {
  const { base, basePoints, tierMultiplier, campaigns } = madeOf;
  const then = base === null ? byCount(rules, entry) : isBelow(rules, base) ? 0 : byRule(rules, base);
  if (then === undefined) return undefined;
  const cap = 'cashbackPercentage' in rules ? (rules.maxCashbackPerTransaction ?? Infinity) : Infinity;
  const isSame = Math.abs(then - basePoints) < NOTHING;
  const booked = told.added + told.pending;
  const isCapSame = told.cappedBy === CAP ? cap === booked : booked <= cap;
  if (isSame && isCapSame) return undefined;
  if (then === 0) return 0;
  const more = campaigns.reduce((sum, each) => sum + each.points, 0);
  return Math.min(roundedDown(then * tierMultiplier + more, rules, entry.currency), cap);
}

/** The API tells no base of what earned nothing. */
function promisedOfNothing(rules: Rules, entry: Entry, { reason }: Told): number | undefined {
  if (reason !== 'minimum_purchase' && reason !== 'below_one_unit') return undefined;
  const { currency } = entry;
  const minor = Math.round(leftOf(entry) * 10 ** digitsOf(currency));
  const units = earnedBy(rules, { minor, currency });
  // With taxes taken off less counts: of a single unit nobody can tell here whether it was promised.
  if (reason === 'below_one_unit' && units < 2) return undefined;
  return 'cashbackPercentage' in rules ? units / 10 ** digitsOf(currency) : units;
}

function isBelow(rules: Rules, base: number): boolean {
  return !('requiredStamps' in rules) && rules.minimumPurchase != null && base < rules.minimumPurchase;
}

/** Stamps ask for no amount; nobody can tell what others had promised. */
function byCount(rules: Rules, { purchaseCount }: Entry): number | undefined {
  if (purchaseCount === undefined || !('requiredStamps' in rules)) return undefined;
  return byRule(rules, 0) * purchaseCount;
}

function byRule(rules: Rules, base: number): number {
  if ('requiredStamps' in rules) return rules.stampsPerPurchase ?? 1;
  if ('cashbackPercentage' in rules) return (base * rules.cashbackPercentage) / 100;
  return base * rules.pointsPerEuro;
}

function roundedDown(value: number, rules: Rules, currency: string): number {
  const scale = 'cashbackPercentage' in rules ? 10 ** digitsOf(currency) : 1;
  return Math.floor(value * scale + NOTHING) / scale;
}

/** Read the rules of a profile: exact decimals are texts there. */
function readRules(rules: StoredRules): Rules | undefined {
  const number = (text: string | null | undefined): number | null => (text == null ? null : Number(text));
  const { requiredStamps, stampsPerPurchase, pointsPerEuro, cashbackPercentage } = rules;
  const minimumPurchase = number(rules.minimumPurchase);
  if (requiredStamps !== undefined) return { requiredStamps, stampsPerPurchase: stampsPerPurchase ?? 1 };
  if (cashbackPercentage !== undefined) {
    const maxCashbackPerTransaction = number(rules.maxCashbackPerTransaction);
    return { cashbackPercentage: Number(cashbackPercentage), minimumPurchase, maxCashbackPerTransaction };
  }
  if (pointsPerEuro !== undefined) return { pointsPerEuro: Number(pointsPerEuro), minimumPurchase };
  return undefined;
}
