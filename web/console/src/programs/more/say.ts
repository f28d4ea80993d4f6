/** Pieces of which sentences about rules are made. */

import { counted, locale } from '../../../../shared/i18n/format.ts';
import { p } from '../words.ts';

export const days = (count: number): string => counted(count, p().topics.units.days);
export const months = (count: number): string => counted(count, p().topics.units.months);

export const list = (texts: readonly string[]): string => new Intl.ListFormat(locale, { type: 'conjunction' }).format(texts);

export const either = (texts: readonly string[]): string => new Intl.ListFormat(locale, { type: 'disjunction' }).format(texts);

const YEAR = 2000; // A leap year: 29 February is a day of it.

/** A day of each year: `12-31` is 31 December. */
export function dayOfYear(monthDay: string): string {
  const [month = 1, day = 1] = monthDay.split('-').map(Number);
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' }).format(new Date(YEAR, month - 1, day));
}
