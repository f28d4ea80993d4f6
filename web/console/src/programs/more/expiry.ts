import { locale } from '../../../../shared/i18n/format.ts';
import { CHECKED, type Answers, type FormField, type Typed } from '../form/fields.ts';
import { typedAs } from '../numbers.ts';
import type { Changes, Program } from '../program.ts';
import { countRange } from '../ranges.ts';
import { p } from '../words.ts';
import { lifetimeOf } from './lifetime.ts';
import { days } from './say.ts';
import type { Topic } from './topic.ts';

type Renewal = NonNullable<NonNullable<Program['pointsExpiry']>['renewedBy']>;

const KINDS = ['never', 'days', 'months', 'year', 'dates'] as const;
type Kind = (typeof KINDS)[number];

const RENEWALS = ['earning', 'spending'] as const;
const YEAR_ENDS = '12-31';
const DAYS_MAX = 3_650;
const MONTHS_MAX = 120;
const ALERT_DAYS_MAX = 365;
const MONTH_DAYS_MIN = 28;

/** When what is collected expires. */
export const expiry: Topic = {
  sentences: ({ pointsExpiry }) => {
    if (!pointsExpiry) return [];
    const words = p().topics.expiry;
    const { renewedBy = [], alertDays } = pointsExpiry;
    return [
      words.spent(lifetimeOf(pointsExpiry)),
      ...RENEWALS.filter((each) => renewedBy.includes(each)).map((each) => words.renews[each]),
      ...(alertDays ? [words.alerts(days(alertDays))] : []),
    ];
  },
  form: { fields, typed, changes },
};

/** Dates that only the API sets stay until something else is chosen. */
function kindOf({ pointsExpiry }: Program): Kind {
  if (!pointsExpiry) return 'never';
  const { fixedDates = [], afterDays, afterMonths } = pointsExpiry;
  if (fixedDates.length > 0) {
    const isYear = fixedDates.join() === YEAR_ENDS && afterDays === undefined && afterMonths === undefined;
    return isYear ? 'year' : 'dates';
  }
  return afterMonths === undefined ? 'days' : 'months';
}

function fields(program: Program, { kind, count }: Typed): FormField[] {
  const words = p().topics.expiry;
  const kinds = KINDS.filter((each) => each !== 'dates' || kindOf(program) === 'dates');
  const hasCount = kind === 'days' || kind === 'months';
  return [
    { kind: 'select', name: 'kind', label: words.expires, options: kinds.map((value) => ({ value, name: words.kinds[value] })) },
    ...(hasCount
      ? [
          { kind: 'number', name: 'count', label: words.count, range: countRange(1, kind === 'days' ? DAYS_MAX : MONTHS_MAX) } as const,
          { kind: 'check', name: 'endOfMonth', label: words.endOfMonth } as const,
        ]
      : []),
    ...(kind === 'never'
      ? []
      : [
          { kind: 'several', name: 'renewedBy', label: words.renewedBy, hint: words.renewedByHint, options: RENEWALS.map((value) => ({ value, name: words.renewals[value] })) } as const,
          { kind: 'number', name: 'alertDays', label: words.alertDays, hint: words.alertDaysHint, range: countRange(0, alertMax(kind, Number(count))), isOptional: true } as const,
        ]),
  ];
}

/** It is announced after it was granted. */
function alertMax(kind: string | undefined, count: number): number {
  if (kind === 'days' && count >= 1) return Math.min(count - 1, ALERT_DAYS_MAX);
  return kind === 'months' && count >= 1 ? Math.min(MONTH_DAYS_MIN * count - 1, ALERT_DAYS_MAX) : ALERT_DAYS_MAX;
}

function typed(program: Program): Typed {
  const { pointsExpiry } = program;
  return {
    kind: kindOf(program),
    count: typedAs(pointsExpiry?.afterMonths ?? pointsExpiry?.afterDays ?? 12, locale),
    endOfMonth: pointsExpiry?.endOfMonth ? CHECKED : '',
    renewedBy: (pointsExpiry?.renewedBy ?? []).join(','),
    alertDays: typedAs(pointsExpiry?.alertDays, locale),
  };
}

/** All of it is told, so that nothing of another kind stays. */
function changes(_: Program, answers: Answers): Changes {
  const kind = answers.text('kind') as Kind;
  if (kind === 'never') return { pointsExpiry: null };
  const also = { renewedBy: answers.several('renewedBy') as Renewal, alertDays: answers.numberOrNull('alertDays') };
  if (kind === 'dates') return { pointsExpiry: also };
  const none = { afterDays: null, afterMonths: null, endOfMonth: false, fixedDates: null, ...also };
  if (kind === 'year') return { pointsExpiry: { ...none, fixedDates: [YEAR_ENDS] } };
  const count = answers.number('count');
  const time = kind === 'days' ? { afterDays: count } : { afterMonths: count };
  return { pointsExpiry: { ...none, ...time, endOfMonth: answers.flag('endOfMonth') } };
}
