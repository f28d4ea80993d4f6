/** What the preview shows of a draft, also while something in it is in doubt. */

import { locale } from '../../../shared/i18n/format.ts';
import { safeUrl } from '../../../shared/lib/safe-url.ts';
import { newDraft, type Draft } from './draft.ts';
import type { Look } from './face.ts';
import { inSentences } from './in-sentences.ts';
import { rewardsOf, rulesOf } from './request.ts';
import { p } from './words.ts';

interface Shown {
  readonly look: Look | null;
  /** Empty while a number is in doubt: nothing is promised then. */
  readonly sentences: readonly string[];
}

export function shownOf(draft: Draft, currency: string): Shown {
  const { programType, color } = draft;
  const read = rulesOf(draft, locale);
  const first = newDraft('', p().wizard.levelNames);
  const rules = read ?? rulesOf({ ...draft, numbers: first.numbers, levels: first.levels }, locale);
  if (!programType || !rules) return { look: null, sentences: [] };
  const look = {
    programName: draft.programName.trim() || p().programs.unnamed,
    programType,
    description: draft.description.trim(),
    rules,
    color,
    logo: safeUrl(draft.logo.trim()) ?? null,
    currency,
  };
  const rewards = read ? rewardsOf(draft, read, locale) : [];
  return { look, sentences: read ? inSentences({ programType, rules: read, rewards, currency }) : [] };
}
