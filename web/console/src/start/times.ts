/** Times of a store, in its own time zone, and the days, weeks and months of its reports. */

import { locale } from '../../../shared/i18n/format.ts';
import type { Interval, Row } from './reports.ts';

/** Return a moment as the clocks of the store show it. */
export function momentIn(at: string, timeZone: string): string {
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone } as const;
  return new Intl.DateTimeFormat(locale, options).format(new Date(at));
}

/** A day has no time zone: it is read and written as one of UTC. */
const asDate = (day: string): Date => new Date(`${day}T00:00:00Z`);

const written = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });

const OF_DAY = { day: 'numeric', month: 'short' } as const;
const OF_MONTH = { month: 'short', year: 'numeric' } as const;

/** Return what to call a row: its day, the days of its week, or its month. */
export function nameOf(row: Row, interval: Interval): string {
  const first = asDate(row.fromDay);
  switch (interval) {
    case 'day':
      return written(OF_DAY).format(first);
    case 'week':
      return written(OF_DAY).formatRange(first, asDate(row.toDay));
    case 'month':
      return written(OF_MONTH).format(first);
  }
}
