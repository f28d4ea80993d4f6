/** How long something can be spent, in words. */

import type { Program } from '../program.ts';
import { p } from '../words.ts';
import { dayOfYear, days, either, months } from './say.ts';

type Lifetime = Omit<Program['ruleExpiries'][number], 'rule' | 'alertDays'>;

export function lifetimeOf({ afterDays, afterMonths, endOfMonth, fixedDates }: Lifetime): string {
  const words = p().topics.lifetime;
  const time = afterDays != null ? days(afterDays) : afterMonths != null ? months(afterMonths) : '';
  const dates = fixedDates?.length ? words.next(either(fixedDates.map(dayOfYear))) : '';
  if (time === '') return dates;
  if (dates !== '') return words.then(time, dates);
  return endOfMonth ? words.then(time, words.endOfMonth) : words.long(time);
}
