/** The fields of a profile in a form: those that everybody has, and the account's own. */

import type { Member } from '../people.ts';
import { Problem } from '../../../shared/api/client.ts';
import { DayField } from '../ui/day-field.tsx';
import { Field } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { t } from '../words.ts';
import { nameOfField, textOf, valueOf, type OwnField } from './own-fields.ts';

export const FIELDS = ['firstName', 'lastName', 'email', 'phone', 'customerNumber', 'birthday'] as const;

/** What a form has, by the names that the API gives to fields: `customFields.size` is one. */
export type Values = Readonly<Record<string, string>>;

const OWN = 'customFields.';
/** Whether something else is typed than there was; spaces around are nothing. */
export function hasChanged(before: Values, values: Values): boolean {
  const names = [...new Set([...Object.keys(before), ...Object.keys(values)])];
  return names.some((name) => (values[name] ?? '').trim() !== (before[name] ?? '').trim());
}

const keyOf = (field: OwnField): string => `${OWN}${field.name}`;

interface Props {
  readonly values: Values;
  readonly problems: Values;
  readonly own: readonly OwnField[];
  readonly onInput: (name: string, value: string) => void;
}

export function ProfileFields({ values, problems, own, onInput }: Props) {
  const words = t().member;
  const labels: Readonly<Record<(typeof FIELDS)[number], string>> = {
    firstName: words.firstName,
    lastName: words.lastName,
    email: words.email,
    phone: words.phone,
    customerNumber: words.number,
    birthday: words.birthday,
  };
  return (
    <>
      {FIELDS.map((name) => {
        const OneField = name === 'birthday' ? DayField : Field;
        return (
          <OneField
            key={name}
            label={labels[name]}
            problem={problems[name]}
            value={values[name] ?? ''}
            onInput={(value) => onInput(name, value)}
          />
        );
      })}
      {own.map((field) => (
        <Own
          key={field.name}
          field={field}
          problem={problems[keyOf(field)] ?? ''}
          value={values[keyOf(field)] ?? ''}
          onInput={(value) => onInput(keyOf(field), value)}
        />
      ))}
    </>
  );
}

interface OwnProps {
  readonly field: OwnField;
  readonly value: string;
  readonly problem: string;
  readonly onInput: (value: string) => void;
}

function Own({ field, value, problem, onInput }: OwnProps) {
  const words = t().member;
  const same = { label: nameOfField(field), value, onInput };
  if (field.type === 'date') return <DayField {...same} problem={problem} />;
  if (field.type === 'number') return <Field {...same} problem={problem} mode="decimal" />;
  if (field.type === 'text') return <Field {...same} problem={problem} isText />;
  const options: readonly (readonly [string, string])[] =
    field.type === 'boolean'
      ? [['true', words.yes], ['false', words.no]]
      : field.options.map((each) => [each, each] as const);
  return <Select {...same} options={[['', words.notSaid], ...options]} />;
}

export function valuesOf(member: Member): Values {
  const own = Object.entries(member.customFields).map(([name, value]) => [`${OWN}${name}`, textOf(value)]);
  return Object.fromEntries([...FIELDS.map((name) => [name, member[name] ?? '']), ...own]) as Values;
}

/** Return what differs, as the API takes it, and what is no value of its field. */
export function changesOf(
  before: Values,
  values: Values,
  own: readonly OwnField[],
): { changes: Record<string, unknown>; problems: Values } {
  const hasChanged = (name: string): boolean => (values[name] ?? '').trim() !== (before[name] ?? '');
  const changes: Record<string, unknown> = Object.fromEntries(
    FIELDS.filter(hasChanged).map((name) => [name, values[name]?.trim() || null]),
  );
  const changed = own.filter((field) => hasChanged(keyOf(field)));
  const read = changed.map((field) => [field, valueOf(values[keyOf(field)] ?? '', field)] as const);
  if (changed.length > 0) {
    changes['customFields'] = Object.fromEntries(read.map(([field, value]) => [field.name, value]));
  }
  const wrong = read.filter(([, value]) => value === undefined);
  return { changes, problems: Object.fromEntries(wrong.map(([field]) => [keyOf(field), t().member.noNumber])) };
}

/** Return which fields the API has refused: those that are wrong, or that another member has. */
export function problemsOf(error: unknown, own: readonly OwnField[]): Values {
  if (!(error instanceof Problem)) return {};
  const { fields } = error.details;
  const names: readonly string[] = Array.isArray(fields) ? (fields as string[]) : Object.keys(fields ?? {});
  const words = t().member;
  const all: readonly string[] = [...FIELDS, ...own.map(keyOf)];
  const known = all.filter((name) => names.includes(name));
  const sentence = (name: string): string =>
    error.code === 'MEMBER_EXISTS' ? words.taken : (words.wrongField[name] ?? words.wrong);
  return Object.fromEntries(known.map((name) => [name, sentence(name)]));
}
