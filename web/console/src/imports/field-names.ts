/** What people call the fields of a row. */

import { t } from '../words.ts';
import type { OwnField } from './headings.ts';

export function labelOf(field: string, own: readonly OwnField[] = []): string {
  const words = t().imports;
  const [head = '', ...tail] = field.split('.');
  const name = tail.join('.');
  if (head === 'customFields' && name) return own.find((each) => each.name === name)?.label ?? name;
  if (head === 'externalIds' && name) return words.externalId(name);
  return words.fieldNames[field] ?? field;
}
