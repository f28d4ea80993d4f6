/** Numbers as people type them into the forms of programs. They are read as amounts are. */

import { readAmount, type Doubt } from '../../../shared/lib/amount.ts';

export interface Range {
  readonly digits: number;
  readonly min: number;
  readonly max: number;
  /** A number that may well be typed. */
  readonly example?: number;
}

export type NumberDoubt = Doubt | 'tooSmall';
export type ReadNumber = { readonly value: number } | { readonly doubt: NumberDoubt };

/** Read a number by the separators of a locale; an empty text is in doubt, too. */
export function readNumber(text: string, locale: string, { digits, min, max }: Range): ReadNumber {
  const below = readBelowZero(text, locale, digits);
  if (below !== undefined) return below;
  const read = readAmount(text, locale, digits);
  if ('doubt' in read && read.doubt === 'empty' && text.trim() !== '') return min > 0 ? { doubt: 'tooSmall' } : { value: 0 };
  if ('doubt' in read) return read;
  const value = read.minor / 10 ** digits;
  if (value > max) return { doubt: 'tooLarge' };
  return value < min ? { doubt: 'tooSmall' } : { value };
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
