import { exactAmountOf } from '../../../../shared/card/amounts.ts';
import { locale, number } from '../../../../shared/i18n/format.ts';
import { typedAs } from '../numbers.ts';
import type { Changes, Program } from '../program.ts';
import { unitOf, unitRange } from '../ranges.ts';
import { p } from '../words.ts';
import type { Topic } from './topic.ts';

type Rule = Program['eventRules'][number];
type NewRule = NonNullable<Changes['eventRules']>[number];

/** What happens by itself, or in the profile: a shop needs no system that tells of it. */
const ASKED = ['birthday', 'newsletter'] as const;
const FIELD = 'field:';

/** What members get without a purchase. */
export const occasions: Topic = {
  sentences: (program) => program.eventRules.map((each) => sentenceOf(each, program)),
  form: {
    fields: (program) => {
      const words = p().topics.occasions;
      const range = unitRange(program);
      const unit = unitOf(program);
      return [
        { kind: 'number', name: 'birthday', label: words.birthdayIn(unit), hint: words.birthdayHint, range, isOptional: true },
        { kind: 'number', name: 'newsletter', label: words.newsletterIn(unit), hint: words.newsletterHint, range, isOptional: true },
      ];
    },
    typed: ({ eventRules }) =>
      Object.fromEntries(ASKED.map((name) => [name, typedAs(eventRules.find(({ event }) => event === name)?.points, locale)])),
    changes: ({ eventRules }, answers) => {
      const asked = ASKED.map((event) => ({ event, points: answers.numberOrNull(event) }));
      const others = eventRules.filter(({ event }) => !ASKED.some((each) => each === event));
      return { eventRules: [...asked.flatMap(ruleOf), ...others] };
    },
  },
};

function ruleOf({ event, points }: { readonly event: (typeof ASKED)[number]; readonly points: number | null }): NewRule[] {
  if (points === null) return [];
  return [{ event, points, timesPerPeriod: 1, period: event === 'birthday' ? 'year' : 'ever' }];
}

function sentenceOf({ event, points, timesPerPeriod, period }: Rule, program: Program): string {
  const words = p().topics.occasions;
  const amount = exactAmountOf(points, program);
  if (event === 'birthday') return words.birthday(amount);
  if (event === 'newsletter') return words.newsletter(amount);
  if (event.startsWith(FIELD)) return words.field(event.slice(FIELD.length), amount);
  return words.event(event, amount, words.times(number(timesPerPeriod), words.periods[period]));
}
