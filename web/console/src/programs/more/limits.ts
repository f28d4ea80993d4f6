import { exactAmountOf } from '../../../../shared/card/amounts.ts';
import { locale } from '../../../../shared/i18n/format.ts';
import { typedAs } from '../numbers.ts';
import type { Program } from '../program.ts';
import { unitOf, unitRange } from '../ranges.ts';
import { p } from '../words.ts';
import type { Topic } from './topic.ts';

type Limits = Program['earningLimits'];

const LIMITS = ['maxPerBooking', 'maxPerDay', 'maxPerMonth'] as const;
const EXCEEDED = ['truncate', 'reject'] as const;

/** The most that a member can get. */
export const limits: Topic = {
  sentences: (program) => {
    const words = p().topics.limits;
    const { earningLimits } = program;
    const most = LIMITS.flatMap((name) => {
      const value = earningLimits[name];
      return value === null ? [] : [words.said[name](exactAmountOf(value, program))];
    });
    return most.length === 0 ? [] : [...most, words.exceeded[earningLimits.whenExceeded]];
  },
  form: {
    fields: (program, typed) => {
      const words = p().topics.limits;
      const range = unitRange(program);
      return [
        ...LIMITS.map((name) => ({ kind: 'number', name, label: words.most[name](unitOf(program)), range, isOptional: true }) as const),
        ...(LIMITS.some((name) => typed[name]?.trim())
          ? [{ kind: 'select', name: 'whenExceeded', label: words.whenExceeded, options: EXCEEDED.map((value) => ({ value, name: words.exceeding[value] })) } as const]
          : []),
      ];
    },
    typed: ({ earningLimits }) => ({
      ...Object.fromEntries(LIMITS.map((name) => [name, typedAs(earningLimits[name], locale)])),
      whenExceeded: earningLimits.whenExceeded,
    }),
    changes: (_, answers) => ({
      earningLimits: {
        maxPerBooking: answers.numberOrNull('maxPerBooking'),
        maxPerDay: answers.numberOrNull('maxPerDay'),
        maxPerMonth: answers.numberOrNull('maxPerMonth'),
        whenExceeded: answers.text('whenExceeded') as Limits['whenExceeded'],
      },
    }),
  },
};
