/** Numbers as people type them into the forms of programs. They are read as amounts are. */

import { readAmount, type Doubt } from '../../../shared/lib/amount.ts';

export interface Range {
  readonly digits: number;
  readonly min: number;
  readonly max: number;
  /** A number that may well be typed. */
  readonly example?: number;
  /** Whether it may be written with `%` behind. */
  readonly isPercent?: boolean;
}

export type NumberDoubt = Doubt | 'tooSmall';
export type ReadNumber = { readonly value: number } | { readonly doubt: NumberDoubt };

/** Read a number by the separators of a locale; an empty text is in doubt, too. */
export function readNumber(typed: string, locale: string, { digits, min, max, isPercent }: Range): ReadNumber {
  const bare = isPercent ? typed.replace(/\s*%\s*$/, '') : typed;
  const text = digits === 0 ? withoutGroups(bare, locale) : bare;
  const below = readBelowZero(text, locale, digits);
  if (below !== undefined) return below;
  const read = readAmount(text, locale, digits);
  if ('doubt' in read && read.doubt === 'empty' && text.trim() !== '') return min > 0 ? { doubt: 'tooSmall' } : { value: 0 };
  if ('doubt' in read) return read;
  const value = read.minor / 10 ** digits;
  if (value > max) return { doubt: 'tooLarge' };
  return value < min ? { doubt: 'tooSmall' } : { value };
}

/** Where there are no decimals, `1.000` can only be a thousand in German, as `1,000` in English. */
function withoutGroups(text: string, locale: string): string {
  const group = new Intl.NumberFormat(locale).formatToParts(1_234_567).find((each) => each.type === 'group')?.value ?? '';
  const [first = '', ...groups] = group === '' ? [text] : text.trim().split(group);
  const isGrouped = /^[1-9][0-9]{0,2}$/.test(first) && groups.length > 0 && groups.every((each) => /^[0-9]{3}$/.test(each));
  return isGrouped ? first + groups.join('') : text;
}

/** `-1` is a number, and too little; `-x` is none. */
function readBelowZero(text: string, locale: string, digits: number): ReadNumber | undefined {
  const behind = /^\s*[-−](.*)$/.exec(text)?.[1];
  if (behind === undefined) return undefined;
  const read = readAmount(behind, locale, digits);
  return { doubt: 'minor' in read ? 'tooSmall' : 'unclear' };
}

/** A number as it can be typed again: without groups, which could be read in two ways. */
export function typedAs(value: number | null | undefined, locale: string): string {
  if (value == null) return '';
  return new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 6 }).format(value);
}
