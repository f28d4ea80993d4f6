/** What the API has refused of a connector's form, by the field that it is about. */

import { Problem } from '../../../shared/api/client.ts';
import type { FieldOf } from './form-of.ts';
import { refusalOf } from './hints.ts';

/** What is about several fields together, in the API's English. */
export const WHOLE = '';

/** Read a failure: `config.apiKey` is about `apiKey`, and `config` about all of it. */
export function refusedFields(failure: unknown, fields: readonly FieldOf[]): Readonly<Record<string, string>> {
  const refused = failure instanceof Problem ? failure.details.fields : undefined;
  if (typeof refused !== 'object' || refused === null) return {};
  const names = new Set(fields.map((each) => each.name));
  const found: Record<string, string> = {};
  for (const [path, said] of Object.entries(refused)) {
    const name = path.split('.').find((each) => names.has(each)) ?? WHOLE;
    found[name] = name === WHOLE ? String(said) : refusalOf(String(said));
  }
  return found;
}
