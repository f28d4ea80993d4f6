/** The words of the app that runs, as far as `shared/ui` needs them, and its language. */

import { signal } from '@preact/signals';
import { common as english, type Common } from './en.ts';

export const language: 'de' | 'en' = navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';

const loaded = signal<Common>({ ...english, problem: { ...english.problem, codes: {} } });

export const common = (): Common => loaded.value;

/** Each app gives its own words, which have these. */
export function announce<T extends Common>(words: T): T {
  loaded.value = words;
  return words;
}
