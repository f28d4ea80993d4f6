import { locale } from '../../../../shared/i18n/format.ts';
import { typedAs } from '../numbers.ts';
import type { Program } from '../program.ts';
import { countRange } from '../ranges.ts';
import { p } from '../words.ts';
import { days } from './say.ts';
import type { Topic } from './topic.ts';

const REFUNDS = ['within_balance', 'unlimited', 'only_pending'] as const;
const DAYS_MAX = 365;

/** When what was earned can be spent, and what comes back. */
export const returns: Topic = {
  sentences: ({ pendingDays, refundPolicy, redemptionCancelDays }) => {
    const words = p().topics.returns;
    return [
      ...(pendingDays > 0 ? [words.pending(days(pendingDays))] : []),
      words.takesBack[refundPolicy],
      redemptionCancelDays > 0 ? words.cancels(days(redemptionCancelDays)) : words.neverCancels,
    ];
  },
  form: {
    fields: () => {
      const words = p().topics.returns;
      const range = countRange(0, DAYS_MAX);
      return [
        { kind: 'number', name: 'pendingDays', label: words.pendingDays, hint: words.pendingDaysHint, range },
        { kind: 'select', name: 'refundPolicy', label: words.refunds, options: REFUNDS.map((value) => ({ value, name: words.refund[value] })) },
        { kind: 'number', name: 'redemptionCancelDays', label: words.cancelDays, hint: words.cancelDaysHint, range },
      ];
    },
    typed: ({ pendingDays, refundPolicy, redemptionCancelDays }) => ({
      pendingDays: typedAs(pendingDays, locale),
      refundPolicy,
      redemptionCancelDays: typedAs(redemptionCancelDays, locale),
    }),
    changes: (_, answers) => ({
      pendingDays: answers.number('pendingDays'),
      refundPolicy: answers.text('refundPolicy') as Program['refundPolicy'],
      redemptionCancelDays: answers.number('redemptionCancelDays'),
    }),
  },
};
