/** What counts for levels, and how a level is lost: the fields of a form, and how the API is told. */

import { locale } from '../../../../shared/i18n/format.ts';
import { CHECKED, type Answers, type FormField, type Typed } from '../form/fields.ts';
import { typedAs } from '../numbers.ts';
import type { Changes, Program } from '../program.ts';
import { countRange } from '../ranges.ts';
import { p } from '../words.ts';

type Policy = Required<NonNullable<Changes['tierPolicy']>>;

const BASES = ['lifetime', 'rolling_12_months', 'calendar_year', 'balance'] as const;
const DOWNGRADES = ['none', 'one', 'all'] as const;
const GRACE_DAYS_MAX = 730;

export function policyFields(typed: Typed): FormField[] {
  const words = p().levels;
  return [
    { kind: 'select', name: 'basis', label: words.basis, options: BASES.map((value) => ({ value, name: words.bases[value] })) },
    {
      kind: 'select',
      name: 'downgrade',
      label: words.downgrade,
      options: DOWNGRADES.map((value) => ({ value, name: words.downgrades[value] })),
    },
    ...(typed['downgrade'] === 'none'
      ? []
      : [
          { kind: 'number', name: 'graceDays', label: words.graceDays, range: countRange(0, GRACE_DAYS_MAX) } as const,
          { kind: 'check', name: 'toEndOfMonth', label: words.toEndOfMonth } as const,
        ]),
  ];
}

export const typedPolicy = ({ tierPolicy }: Program): Typed => ({
  basis: tierPolicy?.basis ?? 'lifetime',
  downgrade: tierPolicy?.downgrade ?? 'none',
  graceDays: typedAs(tierPolicy?.graceDays ?? 0, locale),
  toEndOfMonth: tierPolicy?.toEndOfMonth ? CHECKED : '',
});

/** What is not asked for stays. */
export function policyFrom(answers: Answers): NonNullable<Changes['tierPolicy']> {
  const downgrade = answers.text('downgrade') as Policy['downgrade'];
  return {
    basis: answers.text('basis') as Policy['basis'],
    downgrade,
    ...(downgrade !== 'none' && { graceDays: answers.number('graceDays'), toEndOfMonth: answers.flag('toEndOfMonth') }),
  };
}
