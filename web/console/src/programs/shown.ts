/** What the preview shows of a draft, and that it shows nothing while something in it is in doubt. */

import { locale } from '../../../shared/i18n/format.ts';
import { safeUrl } from '../../../shared/lib/safe-url.ts';
import type { Draft } from './draft.ts';
import type { Look } from './face.ts';
import { inSentences } from './in-sentences.ts';
import { rewardsOf, rulesOf } from './request.ts';
import { p } from './words.ts';

interface Shown {
  readonly look: Look | null;
  /** Whether something is typed that cannot be shown: what it was before would not be true any more. */
  readonly isInDoubt: boolean;
  readonly sentences: readonly string[];
}

export function shownOf(draft: Draft, currency: string): Shown {
  const { programType, color } = draft;
  const rules = rulesOf(draft, locale);
  if (!programType || !rules) return { look: null, isInDoubt: programType !== null, sentences: [] };
  const look = {
    programName: draft.programName.trim() || p().programs.unnamed,
    programType,
    description: draft.description.trim(),
    rules,
    color,
    logo: safeUrl(draft.logo.trim()) ?? null,
    currency,
  };
  const rewards = rewardsOf(draft, rules, locale);
  return { look, isInDoubt: false, sentences: inSentences({ programType, rules, rewards, currency }) };
}
