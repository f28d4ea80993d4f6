/** Days of the week and hours of the day, by the clock of the store. */

/** A Monday; its date and month say nothing. */
const MONDAY = { year: 2024, month: 0, day: 1 };

const dayAt = (weekday: number): Date => new Date(MONDAY.year, MONDAY.month, MONDAY.day + weekday - 1);

/** Return days as people write them: `Mon–Wed, Sat`. `weekdays` are 1 to 7, from Monday. */
export function daysOf(weekdays: readonly number[], locale: string): string {
  const names = new Intl.DateTimeFormat(locale, { weekday: 'short' });
  const runs: { from: number; to: number }[] = [];
  for (const each of [...weekdays].sort()) {
    const last = runs.at(-1);
    if (last?.to === each - 1) last.to = each;
    else runs.push({ from: each, to: each });
  }
  const name = (weekday: number): string => names.format(dayAt(weekday));
  return runs
    .flatMap(({ from, to }) => {
      if (from === to) return [name(from)];
      return to === from + 1 ? [name(from), name(to)] : [`${name(from)}–${name(to)}`];
    })
    .join(', ');
}

/** Return the time of a minute of the day: `14:30`. The last one, 1440, is midnight. */
export function timeOf(minute: number, locale: string): string {
  const at = new Date(MONDAY.year, MONDAY.month, MONDAY.day, 0, minute);
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(at);
}
