import { locale, number } from '../../../../shared/i18n/format.ts';
import { severalOf, type FormField, type Typed } from '../form/fields.ts';
import { isCheckIn, perCheckIn } from '../check-ins.ts';
import { ofCheckIns } from '../in-sentences.ts';
import { typedAs } from '../numbers.ts';
import type { Program } from '../program.ts';
import { countRange, unitOf, unitRange } from '../ranges.ts';
import { p } from '../words.ts';
import { list } from './say.ts';
import type { Topic } from './topic.ts';

const METHODS = ['qr_checkin', 'store_checkin', 'scan_and_go', 'click_collect'] as const;
const PER_DAY_MAX = 100;
const MINUTES_MAX = 1_440;

/** How members collect besides the till, and what a visit brings. */
export const visits: Topic = {
  sentences: (program) => {
    const words = p().topics.visits;
    const { earningMethods, checkInLimit } = program;
    const granted = ofCheckIns(program);
    // Who may check in and gets nothing for it does not collect by it.
    const methods = granted.length > 0 ? earningMethods : earningMethods.filter((each) => !isCheckIn(each));
    const ways = methods.length > 0 ? [words.ways(list(methods.map((each) => words.method[each])))] : [];
    if (granted.length === 0) return [...ways, words.noVisit];
    const { perDay, minutesBetween } = checkInLimit;
    return [
      ...ways,
      ...granted,
      perDay === 1 ? words.oncePerDay : words.perDay(number(perDay)),
      ...(minutesBetween > 0 ? [words.between(number(minutesBetween))] : []),
    ];
  },
  form: {
    fields: (program, typed) => {
      const words = p().topics.visits;
      const options = METHODS.map((value) => ({ value, name: words.method[value] }));
      return [
        { kind: 'several', name: 'earningMethods', label: words.methods, options },
        ...(hasCheckIns(typed) ? checkIns(program) : []),
      ];
    },
    typed: ({ earningMethods, rules, checkInLimit }) => ({
      earningMethods: earningMethods.join(','),
      pointsPerCheckin: typedAs(perCheckIn(rules), locale),
      perDay: typedAs(checkInLimit.perDay, locale),
      minutesBetween: typedAs(checkInLimit.minutesBetween, locale),
    }),
    check: (answers) => (answers.several('earningMethods').length === 0 ? { earningMethods: 'missing' } : {}),
    changes: (_, answers) => {
      const earningMethods = answers.several('earningMethods') as Program['earningMethods'];
      if (!earningMethods.some(isCheckIn)) return { earningMethods };
      return {
        earningMethods,
        rules: { pointsPerCheckin: answers.number('pointsPerCheckin') },
        checkInLimit: { perDay: answers.number('perDay'), minutesBetween: answers.number('minutesBetween') },
      };
    },
  },
};

const hasCheckIns = (typed: Typed): boolean => severalOf(typed['earningMethods']).some(isCheckIn);

/** It is asked for with the rules of purchases, too. */
export function perCheckInField(program: Pick<Program, 'programType' | 'currency'>): FormField {
  const words = p().topics.visits;
  const label = words.perCheckIn(unitOf(program));
  return { kind: 'number', name: 'pointsPerCheckin', label, hint: words.perCheckInHint, range: unitRange(program, 0) };
}

function checkIns(program: Program): FormField[] {
  const words = p().topics.visits;
  return [
    perCheckInField(program),
    { kind: 'number', name: 'perDay', label: words.checkInsPerDay, range: countRange(1, PER_DAY_MAX) },
    { kind: 'number', name: 'minutesBetween', label: words.minutes, range: countRange(0, MINUTES_MAX) },
  ];
}
