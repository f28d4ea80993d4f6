/** A reward as its form has it: its fields, what is typed, and how the API is told. */

import { ask } from '../../../../shared/api/client.ts';
import type { components } from '../../../../shared/api/schema.gen.ts';
import { locale, number } from '../../../../shared/i18n/format.ts';
import { beginOf, dayAt, endOf, lastDayOf } from '../../../../shared/lib/zone.ts';
import { stores } from '../../access.ts';
import { changedOf, isEmpty } from '../../ui/changed.ts';
import { CHECKED, type Answers, type FormField, type Typed } from '../form/fields.ts';
import type { WriteHeaders } from '../form/use-form.ts';
import { typedAs } from '../numbers.ts';
import type { Program } from '../program.ts';
import { countRange, moneyRange, unitOf, unitRange } from '../ranges.ts';
import { p } from '../words.ts';

type Schemas = components['schemas'];
export type Reward = Schemas['Offer'];
type Terms = Omit<Schemas['CreateRewardRequest'], 'programId' | 'type' | 'storeId' | 'rewardId'>;

const TYPES = ['free_product', 'discount_percent', 'discount_amount', 'voucher'] as const;
const PERIODS = ['day', 'week', 'month', 'year', 'ever'] as const;
const STOCK_MAX = 10_000_000;
const TEXT_MAX = 500;
const NAME_MAX = 100;

export function rewardFields(program: Program, typed: Typed, reward: Reward | null): FormField[] {
  const words = p().rewards;
  const type = reward?.type ?? typed['type'] ?? TYPES[0];
  const tiers = 'tiers' in program.rules ? program.rules.tiers.map((each) => each.name) : [];
  return [
    { kind: 'text', name: 'title', label: words.name, max: NAME_MAX },
    ...(reward
      ? []
      : [{ kind: 'select', name: 'type', label: words.kind, options: TYPES.map((value) => ({ value, name: words.types[value] ?? value })) } as const]),
    ...worthFields(program, type, reward),
    { kind: 'number', name: 'requiredPoints', label: words.costIn(unitOf(program)), range: unitRange(program) },
    { kind: 'text', name: 'description', label: words.description, max: TEXT_MAX, isOptional: true },
    ...(type === 'voucher' ? [] : [stockField()]),
    { kind: 'day', name: 'validFrom', label: words.from, isOptional: true },
    { kind: 'day', name: 'validUntil', label: words.until, isOptional: true },
    { kind: 'number', name: 'timesPerPeriod', label: words.times, range: countRange(1, 1_000), isOptional: true },
    ...(typed['timesPerPeriod']?.trim()
      ? [{ kind: 'select', name: 'period', label: words.period, options: PERIODS.map((value) => ({ value, name: words.periods[value] ?? value })) } as const]
      : []),
    ...(tiers.length > 0
      ? [
          {
            kind: 'select',
            name: 'requiredTier',
            label: words.tier,
            options: [{ value: '', name: words.everybody }, ...tiers.map((name) => ({ value: name, name }))],
          } as const,
        ]
      : []),
    { kind: 'check', name: 'isActive', label: words.isActive, hint: words.isActiveHint },
  ];
}

function stockField(): FormField {
  const words = p().rewards;
  return { kind: 'number', name: 'stock', label: words.stock, hint: words.stockHint, range: countRange(0, STOCK_MAX), isOptional: true };
}

/** What it is worth, as its type says. Rewards of the wizard may leave it out, and may go on so. */
function worthFields(program: Program, type: string, reward: Reward | null): FormField[] {
  const words = p().rewards;
  const isOptional = reward !== null;
  switch (type) {
    case 'discount_percent':
      return [{ kind: 'number', name: 'percentage', label: words.percentage, range: { digits: 2, min: 0.01, max: 100 }, isOptional }];
    case 'discount_amount':
      return [{ kind: 'number', name: 'amount', label: words.amount(program.currency), range: moneyRange(program), isOptional }];
    case 'free_product':
      return [{ kind: 'text', name: 'productId', label: words.product, hint: words.productHint, max: NAME_MAX, isOptional }];
    default:
      return [];
  }
}

export function typedReward(reward: Reward | null, zone: string): Typed {
  if (!reward) return { type: TYPES[0], isActive: CHECKED, period: 'month' };
  const limit = reward.limits[0];
  const { validFrom, validUntil } = reward;
  return {
    title: reward.title,
    percentage: typedAs(reward.percentage, locale),
    amount: typedAs(reward.amount, locale),
    productId: reward.productId ?? '',
    requiredPoints: typedAs(reward.requiredPoints, locale),
    description: reward.description,
    stock: typedAs(reward.stock, locale),
    validFrom: validFrom === null ? '' : dayAt(new Date(validFrom), zone),
    validUntil: validUntil === null ? '' : lastDayOf(validUntil, zone),
    timesPerPeriod: typedAs(limit?.timesPerPeriod, locale),
    period: limit?.period ?? 'month',
    requiredTier: reward.requiredTier ?? '',
    isActive: reward.isActive ? CHECKED : '',
  };
}

/** What holds besides, which only the API sets. */
export function othersOf({ limits, storeIds, shop }: Reward): string[] {
  const words = p().rewards.others;
  return [
    ...limits.slice(1).map(({ timesPerPeriod, period }) => words.limit(number(timesPerPeriod), p().topics.occasions.periods[period])),
    ...(storeIds.length > 0 ? [words.stores(storeIds.map((each) => nameOfStore(each)).join(', '))] : []),
    ...(shop ? [words.shop] : []),
  ];
}

const nameOfStore = (id: string): string => stores.value.find(({ storeId }) => storeId === id)?.name ?? id;

/** The terms of a form. A second limit, as set by the API, stays. */
export function termsOf(answers: Answers, type: string, before: Reward | null, zone: string): Terms {
  const from = answers.text('validFrom');
  const until = answers.text('validUntil');
  const times = answers.numberOrNull('timesPerPeriod');
  const others = before?.limits.slice(1) ?? [];
  const first = times === null ? [] : [{ timesPerPeriod: times, period: answers.text('period') as Schemas['Period'] }];
  return {
    title: answers.text('title'),
    requiredPoints: answers.number('requiredPoints'),
    description: answers.text('description'),
    isActive: answers.flag('isActive'),
    limits: [...first, ...others.filter((each) => each.period !== first[0]?.period)],
    ...(type !== 'voucher' && { stock: answers.numberOrNull('stock') }),
    validFrom: from === '' ? null : beginOf(from, zone).toISOString(),
    validUntil: until === '' ? null : endOf(until, zone).toISOString(),
    requiredTier: answers.textOrNull('requiredTier'),
    ...(type === 'discount_percent' && { percentage: answers.numberOrNull('percentage') }),
    ...(type === 'discount_amount' && { amount: answers.numberOrNull('amount') }),
    ...(type === 'free_product' && { productId: answers.textOrNull('productId') }),
  };
}

export async function saveReward(
  program: Program,
  before: Reward | null,
  answers: Answers,
  zone: string,
  headers: WriteHeaders,
  was: Answers,
): Promise<void> {
  const { programId } = program;
  const type = before?.type ?? answers.text('type');
  const terms = termsOf(answers, type, before, zone);
  if (before) {
    const changes = changedOf(termsOf(was, type, before, zone), terms);
    if (isEmpty(changes)) return;
    const body = { programId, rewardId: before.rewardId, ...changes };
    await ask((api, signal) => api.POST('/updateReward', { body, headers, signal }));
    return;
  }
  const body = { programId, type, ...terms };
  await ask((api, signal) => api.POST('/createReward', { body, headers, signal }));
}
