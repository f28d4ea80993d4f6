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
    case 'unclear':
      return words.unclear(typedAs(range?.digits ? 12.5 : 12, locale));
    case 'decimals':
      return words.decimals(range?.digits ?? 0);
    case 'tooLarge':
      return words.tooLarge(number(range?.max ?? 0));
    case 'tooSmall':
      return words.tooSmall(typedAs(range?.min ?? 0, locale));
    default:
      return words[fault];
  }
}
