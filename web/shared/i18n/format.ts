/** How the language and region of the person write numbers, amounts and times. */

import { dayAt, lastDayOf } from '../lib/zone.ts';
import { language } from './catalogue.ts';

/** With the person's region, as `en-GB` writes the day first and `de-CH` its thousands with ’. */
export const locale = navigator.language.toLowerCase().startsWith(language) ? navigator.language : language;

const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(locale);
const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const calendar = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const seconds = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
const choices = new Intl.ListFormat(locale, { type: 'disjunction' });
const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });

export const number = (value: number): string => numbers.format(value);
export const percent = (value: number): string => percents.format(value / 100);
export const day = (value: Date): string => days.format(value);
/** A day as a calendar has it, such as `2026-12-24`, which is the same everywhere. */
export const calendarDay = (value: string): string => calendar.format(new Date(`${value}T00:00:00Z`));
/** The day that a moment is in a store, whatever the clock of the browser says. */
export const dayIn = (value: Date | string, zone: string | undefined): string => calendarDay(dayAt(new Date(value), zone));
/** The last day in a store of what ends at a moment. */
export const lastDay = (end: Date | string, zone: string | undefined): string => calendarDay(lastDayOf(end, zone));
export const moment = (value: Date): string => moments.format(value);
export const second = (value: Date): string => seconds.format(value);
/** Return things of which somebody gets one: `a coffee or a cake`. */
export const oneOf = (names: readonly string[]): string => choices.format(names);
export const hour = (value: Date): string => clock.format(value);

export function money(value: number, currency: string): string {
  const options = { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' } as const;
  return new Intl.NumberFormat(locale, options).format(value);
}

/** With all decimals, as on a receipt. */
export function exactMoney(value: number, currency: string): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(value);
}

const RATE_DIGITS = 6;

/** What one of something is worth: all decimals that it has, as there are parts of a cent. */
export function rate(value: number, currency: string): string {
  const options = { style: 'currency', currency, maximumFractionDigits: RATE_DIGITS } as const;
  return new Intl.NumberFormat(locale, options).format(value);
}

/** Return a number with its noun: `1 point`, `120 points`. */
export function counted(count: number, forms: { readonly one: string; readonly other: string }): string {
  return `${number(count)} ${plurals.select(Math.abs(count)) === 'one' ? forms.one : forms.other}`;
}
