/** Why a row was not taken over: which field, what is wrong with it, and how to mend it. */

import type { components } from '../../../shared/api/schema.gen.ts';
import { common } from '../../../shared/i18n/catalogue.ts';
import type { Words } from '../i18n/en.ts';
import { t } from '../words.ts';
import { labelOf } from './field-names.ts';

export type Row = components['schemas']['NumberedImportedMember'];
type RowWords = Words['imports']['rowFaults'];

/** Refusals of a whole row, by what the API says. */
const OF_ROWS: readonly (readonly [RegExp, keyof RowWords['whole']])[] = [
  [/more fields than there are headings/, 'tooManyCells'],
  [/is no JSON object/, 'noObject'],
  [/needs userId, email/, 'nobody'],
  [/needs newsletter\.consentedAt/, 'noConsent'],
  [/programId is required/, 'noProgram'],
  [/must be at least points/, 'earnedLess'],
  [/was erased/, 'erased'],
];

/** What is wrong with one field, whichever it is. */
const OF_FIELDS: readonly (readonly [RegExp, keyof RowWords['any']])[] = [
  [/must not be in the future/, 'future'],
  [/must be 1980 or later/, 'tooEarly'],
  [/must have at most \d+ characters/, 'tooLong'],
  [/may be \S+ or \S+: write/, 'doubt'],
  [/must be at least 0/, 'negative'],
  [/must be at most /, 'tooMuch'],
  [/decimal|whole number/, 'tooFine'],
  [/control characters/, 'signs'],
];

const KIND_OF: Readonly<Record<string, keyof RowWords['kind']>> = {
  email: 'email',
  phone: 'phone',
  birthday: 'day',
  enrolledAt: 'moment',
  pointsEarnedAt: 'moment',
  'newsletter.consentedAt': 'moment',
  'newsletter.subscribed': 'truth',
  points: 'number',
  totalEarned: 'number',
  language: 'language',
};

/** Return the names of the fields that are wrong, or that somebody else has. */
export const fieldsOf = (row: Row): string =>
  row.fields.filter((each) => each !== 'body').map((each) => labelOf(each)).join(', ');

/** A row with several faults has a part of the message for each of its fields, in their order. */
const ofField = (row: Row, field: string, message = ''): Row => ({ ...row, fields: [field], message });

/** Return what is wrong and how to mend it. `lines` are those of the rows, by their index. */
export function reasonOf(row: Row, lines: ReadonlyMap<number, number>): string {
  const words = t().imports;
  const message = row.message ?? '';
  const first = row.duplicateOf === null ? undefined : lines.get(row.duplicateOf);
  if (first !== undefined) return words.rowFaults.sameAs(first);
  const parts = message.split('; ');
  if (row.fields.length > 1 && parts.length === row.fields.length) {
    return row.fields.map((each, index) => `${labelOf(each)}: ${reasonOf(ofField(row, each, parts[index]), lines)}`).join(' ');
  }
  const whole = OF_ROWS.find(([pattern]) => pattern.test(message))?.[1];
  if (whole) return words.rowFaults.whole[whole];
  if (row.error === null) return row.outcome === 'skipped' ? words.rowFaults.skipped : message;
  if (row.error !== 'INVALID_PARAMETERS') {
    return words.errors[row.error] ?? common().problem.codes[row.error] ?? message;
  }
  const any = OF_FIELDS.find(([pattern]) => pattern.test(message))?.[1];
  if (any) return words.rowFaults.any[any];
  const kind = KIND_OF[row.fields[0] ?? ''];
  return kind ? words.rowFaults.kind[kind] : words.rowFaults.other(message);
}
