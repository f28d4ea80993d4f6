/** The console's words in the language of the page. */

import { signal } from '@preact/signals';
import { announce, language } from '../../shared/i18n/catalogue.ts';
import { counted, exactMoney } from '../../shared/i18n/format.ts';
import { en, type Words } from './i18n/en.ts';

const loaded = signal<Words>(announce(en));

/** The words of the person's language; English is in the first load, others are a chunk. */
export const t = (): Words => loaded.value;

export async function loadWords(): Promise<void> {
  document.documentElement.lang = language;
  if (language === 'de') loaded.value = announce((await import('./i18n/de.ts')).de);
}

/** Return what the API says of a balance as people read it: `120 points`, `3 stamps`, `12.50 €`. */
export function amount(value: number, of: { readonly programType: string; readonly currency: string }): string {
  if (of.programType === 'cashback') return exactMoney(value, of.currency);
  return counted(value, of.programType === 'stamps' ? t().units.stamps : t().units.points);
}
