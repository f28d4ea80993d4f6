/** How the API has read a file, where that may be wrong: in our words, as far as we know its sentence. */

import { t } from '../words.ts';
import { labelOf } from './field-names.ts';

export function noteOf(note: string): string {
  const words = t().imports.notes;
  const [, column, sign, sample] = /^(.+): read with a decimal (comma|point), as in .+?: (.+)$/.exec(note) ?? [];
  const name = column && labelOf(column);
  if (name && sample) return sign === 'comma' ? words.comma(name, sample) : words.point(name, sample);
  const broken = /^The file is UTF-8, but not in line (\d+)/.exec(note)?.[1];
  if (broken) return words.broken(broken);
  const old = /^The file is not UTF-8 \(line (\d+)\)/.exec(note)?.[1];
  return old ? words.old(old) : note;
}
