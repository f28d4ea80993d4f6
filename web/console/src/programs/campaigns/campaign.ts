/** A campaign as its form has it: its fields, what is typed, and how the API is told. */

import { ask } from '../../../../shared/api/client.ts';
import type { components } from '../../../../shared/api/schema.gen.ts';
import { locale } from '../../../../shared/i18n/format.ts';
import { daysOf, timeOf } from '../../../../shared/lib/hours.ts';
import { beginOf, dayAt, endOf, lastDayOf } from '../../../../shared/lib/zone.ts';
import { changedOf, isEmpty } from '../../ui/changed.ts';
import type { WriteHeaders } from '../form/use-form.ts';
import { CHECKED, type Answers, type FormField, type Typed } from '../form/fields.ts';
import { typedAs } from '../numbers.ts';
import type { Program } from '../program.ts';
import { countRange, moneyRange, unitOf, unitRange } from '../ranges.ts';
import { p } from '../words.ts';
import { DAY_BEGINS, DAY_ENDS, DAYS, hoursOf, minuteOf } from './hours.ts';

type Schemas = components['schemas'];
export type Campaign = Schemas['Campaign'];

const NAME_MAX = 100;
const TIMES_MAX = 10_000_000;

export function campaignFields(program: Program, typed: Typed): FormField[] {
  const words = p().campaigns;
  const tiers = 'tiers' in program.rules ? program.rules.tiers.map((each) => each.name) : [];
  const isBonus = typed['kind'] === 'bonus';
  return [
    { kind: 'text', name: 'name', label: words.name, max: NAME_MAX },
    {
      kind: 'select',
      name: 'kind',
      label: words.kind,
      options: (['multiplier', 'bonus'] as const).map((value) => ({ value, name: words.kinds[value] })),
    },
    isBonus
      ? { kind: 'number', name: 'bonus', label: words.bonusIn(unitOf(program)), range: unitRange(program) }
      : { kind: 'number', name: 'multiplier', label: words.multiplier, range: { digits: 4, min: 1.0001, max: 100 } },
    { kind: 'day', name: 'startsAt', label: words.from, hint: words.fromHint, isOptional: true },
    { kind: 'day', name: 'endsAt', label: words.until, hint: words.untilHint, isOptional: true },
    { kind: 'several', name: 'weekdays', label: words.weekdays, options: DAYS.map((value) => ({ value, name: words.days[value] })) },
    { kind: 'time', name: 'start', label: words.start, isOptional: true },
    { kind: 'time', name: 'end', label: words.end, isOptional: true },
    { kind: 'number', name: 'minimumSpend', label: words.minimumSpend(program.currency), range: moneyRange(program), isOptional: true },
    ...(tiers.length > 0
      ? [{ kind: 'several', name: 'tiers', label: words.tiers, options: tiers.map((name) => ({ value: name, name })) } as const]
      : []),
    { kind: 'check', name: 'firstPurchaseOnly', label: words.firstOnly },
    { kind: 'number', name: 'limitPerMember', label: words.perMember, range: countRange(1, TIMES_MAX), isOptional: true },
    { kind: 'number', name: 'limitTotal', label: words.total, range: countRange(1, TIMES_MAX), isOptional: true },
  ];
}

export function typedCampaign(campaign: Campaign | null, zone: string): Typed {
  if (!campaign) return { kind: 'multiplier', multiplier: '2' };
  const hours = campaign.happyHours[0];
  const { startsAt, endsAt } = campaign;
  const isWholeDay = hours?.start === DAY_BEGINS && hours.end === DAY_ENDS;
  return {
    name: campaign.name,
    kind: campaign.multiplier === null ? 'bonus' : 'multiplier',
    multiplier: typedAs(campaign.multiplier, locale),
    bonus: typedAs(campaign.bonus, locale),
    startsAt: dayAt(new Date(startsAt), zone),
    endsAt: endsAt === null ? '' : lastDayOf(endsAt, zone),
    weekdays: hours && hours.weekdays.length < DAYS.length ? hours.weekdays.join(',') : '',
    start: hours && !isWholeDay ? hours.start : '',
    end: hours && !isWholeDay ? (hours.end === DAY_ENDS ? DAY_BEGINS : hours.end) : '',
    minimumSpend: typedAs(campaign.minimumSpend, locale),
    tiers: campaign.tiers.join(','),
    firstPurchaseOnly: campaign.firstPurchaseOnly ? CHECKED : '',
    limitPerMember: typedAs(campaign.limitPerMember, locale),
    limitTotal: typedAs(campaign.limitTotal, locale),
  };
}

/** The terms of a form. */
export function termsOf(answers: Answers, zone: string) {
  const from = answers.text('startsAt');
  const until = answers.text('endsAt');
  const isBonus = answers.text('kind') === 'bonus';
  return {
    name: answers.text('name'),
    multiplier: isBonus ? null : answers.number('multiplier'),
    bonus: isBonus ? answers.number('bonus') : null,
    minimumSpend: answers.numberOrNull('minimumSpend'),
    tiers: answers.several('tiers'),
    firstPurchaseOnly: answers.flag('firstPurchaseOnly'),
    limitPerMember: answers.numberOrNull('limitPerMember'),
    limitTotal: answers.numberOrNull('limitTotal'),
    ...(from !== '' && { startsAt: beginOf(from, zone).toISOString() }),
    endsAt: until === '' ? null : endOf(until, zone).toISOString(),
    happyHours: hoursOf(answers),
  };
}

/** What stays as it was is not sent: several hours of a day, as set by the API, and the time of a day stay, too. */
export async function saveCampaign(
  program: Program,
  before: Campaign | null,
  answers: Answers,
  zone: string,
  headers: WriteHeaders,
  was: Answers,
): Promise<void> {
  const { programId } = program;
  const terms = termsOf(answers, zone);
  if (before) {
    const changes = changedOf(termsOf(was, zone), terms);
    if (isEmpty(changes)) return;
    const body = { programId, campaignId: before.campaignId, ...changes };
    await ask((api, signal) => api.POST('/updateCampaign', { body, headers, signal }));
  } else {
    const body = { programId, ...terms };
    await ask((api, signal) => api.POST('/createCampaign', { body, headers, signal }));
  }
}

/** The days and hours at which it holds, each as a person would say it: `Mon–Fri, 17:00 to 19:00`. */
export function hoursInWords({ happyHours }: Pick<Campaign, 'happyHours'>): string[] {
  const words = p().campaigns;
  return happyHours.map(({ weekdays, start, end }) => {
    const days = weekdays.length === DAYS.length ? words.daily : daysOf(weekdays.map((each) => DAYS.indexOf(each) + 1), locale);
    if (start === DAY_BEGINS && end === DAY_ENDS) return days;
    return words.hours(days, timeOf(minuteOf(start), locale), timeOf(minuteOf(end), locale));
  });
}
