/** The fields of a form as data: what each takes, and how what was typed is read. Pure. */

import { isColor } from '../../../../shared/lib/contrast.ts';
import { safeUrl } from '../../../../shared/lib/safe-url.ts';
import type { Fault, Faults } from '../faults.ts';
import { readNumber, type Range } from '../numbers.ts';

interface Option {
  readonly value: string;
  readonly name: string;
}

interface Base {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
}

export type FormField = Base &
  (
    | { readonly kind: 'text' | 'link'; readonly max: number; readonly isOptional?: boolean }
    | { readonly kind: 'number'; readonly range: Range; readonly isOptional?: boolean }
    | { readonly kind: 'lines'; readonly most: number; readonly max: number }
    | { readonly kind: 'color' }
    | { readonly kind: 'check' }
    | { readonly kind: 'day' | 'time'; readonly isOptional?: boolean }
    | { readonly kind: 'select'; readonly options: readonly Option[] }
    | { readonly kind: 'several'; readonly options: readonly Option[] }
  );

/** What was typed, by the names of the fields; of several options, those that are chosen, with a comma between. */
export type Typed = Readonly<Record<string, string>>;

export const CHECKED = 'yes';

/** What was typed, as the API takes it. An empty optional field is `null`. */
export interface Answers {
  readonly text: (name: string) => string;
  readonly textOrNull: (name: string) => string | null;
  readonly number: (name: string) => number;
  readonly numberOrNull: (name: string) => number | null;
  readonly flag: (name: string) => boolean;
  readonly several: (name: string) => string[];
  readonly lines: (name: string) => string[];
}

export function faultsOfForm(fields: readonly FormField[], typed: Typed, locale: string): Faults {
  const faults = fields.map((field) => [field.name, faultOf(field, typed[field.name] ?? '', locale)] as const);
  return Object.fromEntries(faults.filter(([, fault]) => fault !== undefined)) as Faults;
}

/** Read a form without faults. */
export function answersOf(fields: readonly FormField[], typed: Typed, locale: string): Answers {
  const text = (name: string): string => (typed[name] ?? '').trim();
  const numberOrNull = (name: string): number | null => {
    const field = fields.find((each) => each.name === name);
    if (field?.kind !== 'number' || text(name) === '') return null;
    const read = readNumber(text(name), locale, field.range);
    return 'value' in read ? read.value : null;
  };
  return {
    text,
    textOrNull: (name) => text(name) || null,
    numberOrNull,
    number: (name) => numberOrNull(name) ?? 0,
    flag: (name) => typed[name] === CHECKED,
    several: (name) => severalOf(typed[name]),
    lines: (name) => linesOf(typed[name]),
  };
}

export const severalOf = (text: string | undefined): string[] => (text ? text.split(',') : []);

/** Each line once, without those that are empty. */
export const linesOf = (text: string | undefined): string[] => [
  ...new Set((text ?? '').split('\n').map((each) => each.trim()).filter(Boolean)),
];

export function faultOfLines(text: string, { most, max }: { readonly most: number; readonly max: number }): Fault | undefined {
  const lines = linesOf(text);
  if (lines.length > most) return 'tooMany';
  return lines.some((each) => each.length > max) ? 'tooLong' : undefined;
}

function faultOf(field: FormField, text: string, locale: string): Fault | undefined {
  const isEmpty = text.trim() === '';
  if ('isOptional' in field && field.isOptional && isEmpty) return undefined;
  switch (field.kind) {
    case 'text':
    case 'link':
      if (isEmpty) return 'missing';
      if (field.kind === 'link' && !safeUrl(text.trim())) return 'link';
      return text.trim().length > field.max ? 'tooLong' : undefined;
    case 'number': {
      const read = readNumber(text, locale, field.range);
      return 'doubt' in read ? read.doubt : undefined;
    }
    case 'lines':
      return faultOfLines(text, field);
    case 'color':
      return isColor(text) ? undefined : 'color';
    case 'day':
    case 'time':
      return isEmpty ? 'missing' : undefined;
    default:
      return undefined;
  }
}
