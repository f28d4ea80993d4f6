import { locale } from '../../../../shared/i18n/format.ts';
import { ofSpending } from '../in-sentences.ts';
import { typedAs } from '../numbers.ts';
import type { Program } from '../program.ts';
import { p } from '../words.ts';
import type { Topic } from './topic.ts';

const TRANSFERS = ['none', 'merchant', 'customers'] as const;
const VALUE_RANGE = { digits: 6, min: 0.000001, max: 1_000_000, example: 0.05 };

/** What the balance is good for besides rewards. */
export const paying: Topic = {
  sentences: (program) => [
    ...ofSpending({ ...program, rewards: program.rewards.filter((each) => each.isActive) }),
    p().topics.paying.may[program.transfers],
  ],
  form: {
    fields: ({ programType, currency }) => {
      const words = p().topics.paying;
      const value = { kind: 'number', name: 'pointValue', label: words.value(currency), hint: words.valueHint, range: VALUE_RANGE, isOptional: true } as const;
      return [
        ...(programType === 'cashback' ? [] : [value]), // It pays what it says.
        { kind: 'select', name: 'transfers', label: words.transfers, options: TRANSFERS.map((each) => ({ value: each, name: words.may[each] })) },
      ];
    },
    typed: ({ pointValue, transfers }) => ({ pointValue: typedAs(pointValue, locale), transfers }),
    changes: ({ programType }, answers) => ({
      transfers: answers.text('transfers') as Program['transfers'],
      ...(programType !== 'cashback' && { pointValue: answers.numberOrNull('pointValue') }),
    }),
  },
};
