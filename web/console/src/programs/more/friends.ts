import { exactAmountOf } from '../../../../shared/card/amounts.ts';
import { exactMoney, locale, number } from '../../../../shared/i18n/format.ts';
import type { FormField } from '../form/fields.ts';
import { typedAs } from '../numbers.ts';
import { countRange, moneyRange, unitOf, unitRange } from '../ranges.ts';
import type { Program } from '../program.ts';
import { p } from '../words.ts';
import { days } from './say.ts';
import type { Topic } from './topic.ts';

const COOL_OFF_DAYS = 14;
const DAYS_MAX = 365;
const FRIENDS_MAX = 100_000;

/** What it brings to bring a friend. */
export const friends: Topic = {
  sentences: (program) => {
    const words = p().topics.friends;
    const { referral, currency } = program;
    if (!referral) return [];
    const { referrerPoints, newMemberPoints, minimumPurchase, coolOffDays, limitPerYear } = referral;
    return [
      ...(referrerPoints > 0 ? [words.brings(exactAmountOf(referrerPoints, program))] : []),
      ...(newMemberPoints > 0 ? [words.isBrought(exactAmountOf(newMemberPoints, program))] : []),
      minimumPurchase > 0 ? words.counts(exactMoney(minimumPurchase, currency)) : words.countsAny,
      ...(coolOffDays > 0 ? [words.later(days(coolOffDays))] : []),
      ...(limitPerYear === null ? [] : [words.most(number(limitPerYear))]),
    ];
  },
  form: {
    fields: (program, typed) => {
      const words = p().topics.friends;
      const range = unitRange(program, 0);
      const isUsed = ['referrerPoints', 'newMemberPoints'].some((name) => typed[name]?.trim());
      return [
        { kind: 'number', name: 'referrerPoints', label: words.referrer(unitOf(program)), range, isOptional: true },
        { kind: 'number', name: 'newMemberPoints', label: words.referred(unitOf(program)), range, isOptional: true },
        ...(isUsed ? terms(program) : []),
      ];
    },
    typed: ({ referral }) => ({
      referrerPoints: typedAs(referral?.referrerPoints, locale),
      newMemberPoints: typedAs(referral?.newMemberPoints, locale),
      minimumPurchase: typedAs(referral?.minimumPurchase || null, locale),
      coolOffDays: typedAs(referral?.coolOffDays ?? COOL_OFF_DAYS, locale),
      limitPerYear: typedAs(referral?.limitPerYear, locale),
    }),
    changes: (_, answers) => {
      const referrerPoints = answers.number('referrerPoints');
      const newMemberPoints = answers.number('newMemberPoints');
      if (referrerPoints === 0 && newMemberPoints === 0) return { referral: null };
      return {
        referral: {
          referrerPoints,
          newMemberPoints,
          minimumPurchase: answers.number('minimumPurchase'),
          coolOffDays: answers.number('coolOffDays'),
          limitPerYear: answers.numberOrNull('limitPerYear'),
        },
      };
    },
  },
};

function terms(program: Program): FormField[] {
  const words = p().topics.friends;
  return [
    { kind: 'number', name: 'minimumPurchase', label: words.minimum(program.currency), range: moneyRange(program), isOptional: true },
    { kind: 'number', name: 'coolOffDays', label: words.coolOff, hint: words.coolOffHint, range: countRange(0, DAYS_MAX) },
    { kind: 'number', name: 'limitPerYear', label: words.limit, range: countRange(1, FRIENDS_MAX), isOptional: true },
  ];
}
