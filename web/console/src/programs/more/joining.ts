import { exactAmountOf } from '../../../../shared/card/amounts.ts';
import { locale } from '../../../../shared/i18n/format.ts';
import { CHECKED } from '../form/fields.ts';
import { typedAs } from '../numbers.ts';
import { unitOf, unitRange } from '../ranges.ts';
import { p } from '../words.ts';
import type { Topic } from './topic.ts';

/** What who joins gets, and who may join. */
export const joining: Topic = {
  sentences: (program) => {
    const words = p().topics.joining;
    const { welcomeBonus, allowsUnverified } = program;
    return [
      ...(welcomeBonus > 0 ? [words.welcome(exactAmountOf(welcomeBonus, program))] : []),
      ...(allowsUnverified ? [words.anybody] : []),
    ];
  },
  form: {
    fields: (program) => {
      const words = p().topics.joining;
      const label = words.welcomeBonus(unitOf(program));
      return [
        { kind: 'number', name: 'welcomeBonus', label, hint: words.welcomeBonusHint, range: unitRange(program, 0) },
        { kind: 'check', name: 'allowsUnverified', label: words.unverified, hint: words.unverifiedHint },
      ];
    },
    typed: ({ welcomeBonus, allowsUnverified }) => ({
      welcomeBonus: typedAs(welcomeBonus, locale),
      allowsUnverified: allowsUnverified ? CHECKED : '',
    }),
    changes: (_, answers) => ({
      welcomeBonus: answers.number('welcomeBonus'),
      allowsUnverified: answers.flag('allowsUnverified'),
    }),
  },
};
