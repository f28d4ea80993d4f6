/** The words of the programs' pages in the language of the page. They come with the first of these pages. */

import { language } from '../../../shared/i18n/catalogue.ts';
import type * as campaigns from '../i18n/en/campaigns.ts';
import type * as levels from '../i18n/en/levels.ts';
import type * as poster from '../i18n/en/poster.ts';
import type * as programs from '../i18n/en/programs.ts';
import type * as rewards from '../i18n/en/rewards.ts';
import type * as terms from '../i18n/en/terms.ts';
import type * as topics from '../i18n/en/topics.ts';
import type * as wizard from '../i18n/en/wizard.ts';

type Words = typeof programs &
  typeof wizard &
  typeof poster &
  typeof terms &
  typeof rewards &
  typeof campaigns &
  typeof levels &
  typeof topics;

const load = (): Promise<readonly object[]> =>
  language === 'de'
    ? Promise.all([
        import('../i18n/de/programs.ts'),
        import('../i18n/de/wizard.ts'),
        import('../i18n/de/poster.ts'),
        import('../i18n/de/terms.ts'),
        import('../i18n/de/rewards.ts'),
        import('../i18n/de/campaigns.ts'),
        import('../i18n/de/levels.ts'),
        import('../i18n/de/topics.ts'),
      ])
    : Promise.all([
        import('../i18n/en/programs.ts'),
        import('../i18n/en/wizard.ts'),
        import('../i18n/en/poster.ts'),
        import('../i18n/en/terms.ts'),
        import('../i18n/en/rewards.ts'),
        import('../i18n/en/campaigns.ts'),
        import('../i18n/en/levels.ts'),
        import('../i18n/en/topics.ts'),
      ]);

// Each file gives its words by their names, and German has exactly English's shape.
const words = Object.assign({}, ...(await load())) as Words;

export const p = (): Words => words;
