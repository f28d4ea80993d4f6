/** The connectors' forms in the language of the page: their texts are the API's English, and German is a chunk of its own. */

import { language } from '../../../shared/i18n/catalogue.ts';
import { t } from '../words.ts';

type Texts = Readonly<Record<string, string>>;

let hints: Texts = {};
let labels: Texts = {};

/** Load them before the page that needs them is drawn. */
export async function loadHints(): Promise<void> {
  if (language === 'de') ({ HINTS: hints, LABELS: labels } = await import('./hints.de.ts'));
}

export const hintOf = (text: string): string => hints[text] ?? text;

/** `secretKey` is `Secret key` in English: the API's own names, which its documentation has too. */
export function labelOf(name: string): string {
  const known = labels[name];
  if (known !== undefined) return known;
  const words = name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' ').toLowerCase();
  const text = words.replaceAll(/\b(api|id|ip|url|hmac|sap|tse)\b/g, (each) => each.toUpperCase());
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Say what the API refuses of a field. It writes English without a subject: "must have at least 10 characters". */
export function refusalOf(said: string): string {
  const words = t().developers.connections.refused;
  if (said === 'is required') return t().developers.connections.doubts.empty;
  const least = /^must have at least (\d+) characters?$/.exec(said)?.[1];
  if (least !== undefined) return words.atLeast(least);
  const most = /^must have at most (\d+) characters?$/.exec(said)?.[1];
  if (most !== undefined) return words.atMost(most);
  return said.startsWith('must match') ? words.unlike : words.other(said);
}
