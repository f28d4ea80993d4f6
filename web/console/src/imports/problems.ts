/** Why the API takes no file, in our words, with the headings that it names. */

import { Problem } from '../../../shared/api/client.ts';
import { t } from '../words.ts';

const UNKNOWN_HEADINGS = /^has headings that are no fields: (.+)$/;

/** Return sentences for a refused file, `undefined` if the refusal is no matter of the file. */
export function problemsOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Problem) || error.code !== 'INVALID_PARAMETERS') return undefined;
  const fields = (error.details['fields'] ?? {}) as Readonly<Record<string, string>>;
  const words = t().imports;
  return Object.values(fields).map((problem) => {
    const unknown = UNKNOWN_HEADINGS.exec(problem)?.[1];
    return unknown === undefined ? words.badFile(problem) : words.unknownHeadings(unknown);
  });
}
