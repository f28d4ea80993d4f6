/** The language of this page, and how it writes numbers, amounts and times. */

import { signal } from '@preact/signals';
import { en, type Words } from './i18n/en.ts';

export const language: 'de' | 'en' = navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';

const loaded = signal<Words>(en);

/** The words of the person's language; English is in the first load, others are a chunk. */
export const t = (): Words => loaded.value;

export async function loadWords(): Promise<void> {
  document.documentElement.lang = language;
  if (language === 'de') loaded.value = (await import('./i18n/de.ts')).de;
}

/** With the person's region, as `en-GB` writes the day first and `de-CH` its thousands with ’. */
const locale = navigator.language.toLowerCase().startsWith(language) ? navigator.language : language;

const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(locale);
const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });

export const number = (value: number): string => numbers.format(value);
export const percent = (value: number): string => percents.format(value / 100);
export const day = (value: Date): string => days.format(value);
export const moment = (value: Date): string => moments.format(value);
export const hour = (value: Date): string => clock.format(value);

export function money(value: number, currency: string): string {
  const options = { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' } as const;
  return new Intl.NumberFormat(locale, options).format(value);
}

/** Return units as people read them: `120 points`, `3 stamps`, `12.50 €`. */
export function amount(
  units: number,
  of: { readonly programType: string; readonly currency: string },
  scale: number,
): string {
  if (of.programType === 'cashback') return money(units / 10 ** scale, of.currency);
  const forms = of.programType === 'stamps' ? t().card.stamps : t().card.points;
  const form = plurals.select(Math.abs(units)) === 'one' ? forms.one : forms.other;
  return `${number(units)} ${form}`;
}
