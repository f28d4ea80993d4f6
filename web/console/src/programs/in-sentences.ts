/** What a program grants, in sentences. The amounts are those that the API would book. */

import { exactAmountOf, unitForms } from '../../../shared/card/amounts.ts';
import { counted, exactMoney, number, rate } from '../../../shared/i18n/format.ts';
import { digitsOf } from '../../../shared/lib/amount.ts';
import { earnedBy, type ProgramType, type Rules } from '../../../shared/lib/earning.ts';
import { isCheckIn, perCheckIn } from './check-ins.ts';
import type { Program } from './program.ts';
import { p } from './words.ts';

interface Terms {
  readonly programType: ProgramType;
  readonly rules: Rules;
  readonly rewards: readonly { readonly title: string; readonly requiredPoints: number }[];
  readonly currency: string;
  /** What a point pays at the till; without, none does. */
  readonly pointValue?: number | null;
  /** How levels are lost; of a draft nobody loses one. */
  readonly tierPolicy?: Program['tierPolicy'];
  /** How members earn; a draft does not say it, and gets all that the API gives. */
  readonly earningMethods?: readonly string[];
}

/** A purchase as an example, in tenths of a major unit: 12.90, or 1290 where there are no decimals. */
const EXAMPLE_TENTHS = 129;

export function inSentences(terms: Terms): readonly string[] {
  const { rules } = terms;
  return [
    ...('requiredStamps' in rules ? ofStamps(terms, rules) : ofPurchase(terms, rules)),
    ...ofSpending(terms),
    ...('tiers' in rules ? [...ofLevels(terms, rules.tiers), ...ofPolicy(terms)] : []),
    ...ofCheckIns(terms),
  ];
}

/** What can be done with what is collected, besides rewards. */
export function ofSpending({ programType, rewards, pointValue, currency }: Pick<Terms, 'programType' | 'rewards' | 'pointValue' | 'currency'>): string[] {
  const words = p().sentences;
  if (programType === 'cashback') return [words.cashbackPays];
  if (pointValue != null) return [words.pays(counted(1, unitForms(programType)), rate(pointValue, currency))];
  return rewards.length === 0 ? [words.noReward] : [];
}

/** A visit brings something without a purchase: whoever makes a program is told of it. */
export function ofCheckIns(terms: Pick<Terms, 'programType' | 'rules' | 'currency' | 'earningMethods'>): string[] {
  const { rules, earningMethods } = terms;
  if (earningMethods && !earningMethods.some(isCheckIn)) return [];
  const granted = perCheckIn(rules);
  return granted > 0 ? [p().sentences.checkIn(exactAmountOf(granted, terms))] : [];
}

type Of<Key extends string> = Extract<Rules, Readonly<Record<Key, unknown>>>;

function ofStamps(terms: Terms, rules: Of<'requiredStamps'>): string[] {
  const words = p().sentences;
  const stamps = exactAmountOf(rules.requiredStamps, terms);
  const full = terms.rewards.filter((each) => each.requiredPoints === rules.requiredStamps);
  const others = terms.rewards.filter((each) => each.requiredPoints !== rules.requiredStamps);
  return [
    words.stamp(exactAmountOf(rules.stampsPerPurchase ?? 1, terms)),
    ...(full.length > 0 ? full.map((each) => words.full(stamps, each.title)) : [words.fullCard(stamps)]),
    ...ofRewards({ ...terms, rewards: others }),
  ];
}

function ofPurchase(terms: Terms, rules: Exclude<Rules, Of<'requiredStamps'>>): string[] {
  const words = p().sentences;
  const { currency } = terms;
  const digits = digitsOf(currency);
  const multiplier = ('tiers' in rules && rules.tiers[0]?.multiplier) || 1;
  const least = Math.ceil((rules.minimumPurchase ?? 0) * 10 ** digits);
  const example = digits === 0 ? EXAMPLE_TENTHS * 10 : EXAMPLE_TENTHS * 10 ** (digits - 1);
  const minor = Math.max(example, least);
  const spent = exactMoney(minor / 10 ** digits, currency);
  const units = earnedBy(rules, { minor, currency, multiplier });
  const isMoney = 'cashbackPercentage' in rules;
  const gets = exactAmountOf(isMoney ? units / 10 ** digits : units, terms);
  const most = isMoney ? rules.maxCashbackPerTransaction : null;
  return [
    units === 0 ? words.earnsNothing(spent) : isMoney ? words.back(spent, gets) : words.earns(spent, gets),
    ...(rules.minimumPurchase ? [words.minimum(exactMoney(rules.minimumPurchase, currency))] : []),
    ...(most == null ? [] : [words.most(exactMoney(most, currency))]),
    ...ofRewards(terms),
  ];
}

const ofRewards = (terms: Terms): string[] =>
  terms.rewards.map((each) => p().sentences.reward(exactAmountOf(each.requiredPoints, terms), each.title));

function ofLevels(terms: Terms, tiers: Of<'tiers'>['tiers']): string[] {
  const words = p().sentences;
  return tiers.flatMap(({ name, minPoints, multiplier, benefits, neverDowngrade }) => [
    minPoints === 0 ? words.firstLevel(name) : words.level(name, exactAmountOf(minPoints, terms)),
    ...(multiplier != null && multiplier !== 1 ? [words.factor(name, number(multiplier))] : []),
    ...(benefits?.length ? [words.benefits(name, benefits.join(', '))] : []),
    ...(neverDowngrade ? [words.kept(name)] : []),
  ]);
}

function ofPolicy({ tierPolicy }: Terms): string[] {
  if (!tierPolicy) return [];
  const words = p().sentences;
  const { basis, downgrade, graceDays, toEndOfMonth, alertDays } = tierPolicy;
  const isLost = downgrade !== 'none';
  return [
    words.counts(p().levels.bases[basis]),
    words.tooHigh(p().levels.downgrades[downgrade]),
    ...(isLost && graceDays > 0 ? [words.grace(counted(graceDays, p().topics.units.days))] : []),
    ...(isLost && toEndOfMonth ? [words.monthEnd] : []),
    ...(isLost && alertDays > 0 ? [words.levelAlert(counted(alertDays, p().topics.units.days))] : []),
  ];
}
