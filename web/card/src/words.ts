/** The card's words in the language of the page, and how it writes what a member has. */

import { signal } from '@preact/signals';
import { announce, language } from '../../shared/i18n/catalogue.ts';
import { en, type Words } from './i18n/en.ts';

export { language };
export { amountOf as amount } from '../../shared/card/amounts.ts';
export { day, dayIn, exactMoney, hour, lastDay, moment, number, percent, second } from '../../shared/i18n/format.ts';

const loaded = signal<Words>(announce(en));

/** The words of the person's language; English is in the first load, others are a chunk. */
export const t = (): Words => loaded.value;

export async function loadWords(): Promise<void> {
  document.documentElement.lang = language;
  if (language === 'de') loaded.value = announce((await import('./i18n/de.ts')).de);
}
