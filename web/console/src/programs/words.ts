/** The words of the programs' pages in the language of the page. They come with the first of these pages. */

import { language } from '../../../shared/i18n/catalogue.ts';
import type * as english from '../i18n/en/programs.ts';
import type * as englishPoster from '../i18n/en/poster.ts';
import type * as englishWizard from '../i18n/en/wizard.ts';

type Words = typeof english & typeof englishWizard & typeof englishPoster;

async function load(): Promise<Words> {
  const [programs, wizard, poster] = await (language === 'de'
    ? Promise.all([import('../i18n/de/programs.ts'), import('../i18n/de/wizard.ts'), import('../i18n/de/poster.ts')])
    : Promise.all([import('../i18n/en/programs.ts'), import('../i18n/en/wizard.ts'), import('../i18n/en/poster.ts')]));
  return { ...programs, ...wizard, ...poster };
}

const words = await load();

export const p = (): Words => words;
