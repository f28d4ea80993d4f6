/** What is wrong with a field, in words. */

import { locale, number } from '../../../shared/i18n/format.ts';
import type { Fault } from './faults.ts';
import { typedAs, type Range } from './numbers.ts';
import { p } from './words.ts';

export function textOf(fault: Fault | undefined, range?: Range): string {
  const words = p().faults;
  switch (fault) {
    case undefined:
      return '';
    case 'empty':
    case 'unclear':
      return range ? words.unclear(typedAs(range.min, locale), typedAs(range.max, locale), typedAs(exampleOf(range), locale)) : words.missing;
    case 'decimals':
      return words.decimals(range?.digits ?? 0);
    case 'tooLarge':
      return words.tooLarge(number(range?.max ?? 0));
    case 'tooMany':
      return words.tooMany(number(range?.max ?? 0));
    case 'tooSmall':
      return words.tooSmall(typedAs(range?.min ?? 0, locale));
    default:
      return words[fault];
  }
}

const EXAMPLE = 12;

function exampleOf({ digits, min, max, example: given }: Range): number {
  const example = given ?? (digits > 0 ? EXAMPLE + 0.5 : EXAMPLE);
  return example > max ? max : Math.max(example, min);
}
