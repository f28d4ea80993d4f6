/** Days of a time zone, such as that of a store, whatever the zone of the browser. */

const DAY_MS = 86_400_000;

/** Of a store that cannot be read, the zone of the browser is taken. */
type Zone = string | undefined;

/** Return when a day such as `2026-12-24` begins there. */
export function beginOf(day: string, zone: string): Date {
  const wanted = Date.parse(`${day}T00:00:00Z`);
  const first = wanted - offsetAt(wanted, zone);
  // Once more: the clocks may have changed between the two.
  return new Date(wanted - offsetAt(first, zone));
}

export const endOf = (day: string, zone: string): Date => beginOf(dayAfter(day), zone);

/** Return the day that it is there. */
export function dayAt(time: Date, zone: Zone): string {
  return new Date(time.getTime() + offsetAt(time.getTime(), zone)).toISOString().slice(0, 10);
}

/**
 * Return the last day, there, of what ends at a moment: of what ends at midnight, the day before.
 * `web/tests/last-days.json` holds it to the API's `due.last_day`.
 */
export const lastDayOf = (end: Date | string, zone: Zone): string => dayAt(new Date(new Date(end).getTime() - 1), zone);

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);

/** How much the clocks there are ahead of UTC, in milliseconds. */
function offsetAt(time: number, zone: Zone): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(time);
  const value = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  const shown = Date.UTC(value('year'), value('month') - 1, value('day'), value('hour'), value('minute'), value('second'));
  return shown - Math.floor(time / 1000) * 1000;
}
