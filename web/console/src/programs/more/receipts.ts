import { locale, number } from '../../../../shared/i18n/format.ts';
import { CHECKED } from '../form/fields.ts';
import { typedAs } from '../numbers.ts';
import { countRange } from '../ranges.ts';
import { p } from '../words.ts';
import { days } from './say.ts';
import type { Topic } from './topic.ts';

const PER_DAY = 3;
const PER_DAY_MAX = 100;
const WITHIN_DAYS = 14;
const WITHIN_DAYS_MAX = 60;

/** Whether members may claim receipts afterwards. */
export const receipts: Topic = {
  sentences: ({ receiptClaims }) =>
    receiptClaims ? [p().topics.receipts.claims(days(receiptClaims.withinDays), number(receiptClaims.perDay))] : [],
  form: {
    fields: (_, typed) => {
      const words = p().topics.receipts;
      return [
        { kind: 'check', name: 'takesReceipts', label: words.takes },
        ...(typed['takesReceipts'] === CHECKED
          ? [
              { kind: 'number', name: 'withinDays', label: words.withinDays, range: countRange(1, WITHIN_DAYS_MAX) } as const,
              { kind: 'number', name: 'perDay', label: words.perDay, range: countRange(1, PER_DAY_MAX) } as const,
            ]
          : []),
      ];
    },
    typed: ({ receiptClaims }) => ({
      takesReceipts: receiptClaims ? CHECKED : '',
      withinDays: typedAs(receiptClaims?.withinDays ?? WITHIN_DAYS, locale),
      perDay: typedAs(receiptClaims?.perDay ?? PER_DAY, locale),
    }),
    changes: (_, answers) => ({
      receiptClaims: answers.flag('takesReceipts')
        ? { withinDays: answers.number('withinDays'), perDay: answers.number('perDay') }
        : null,
    }),
  },
};
