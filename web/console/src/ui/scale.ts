/** The numbers behind a chart: how high its bars are, and what it says in words. Pure. */

export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Box {
  readonly width: number;
  readonly height: number;
}

const GAP = 0.25; // Of a bar's place.

/** Return a bar for each value, the last one at the end of the box, which has at least `places` of
 * them. Zero has no height, and what is below zero is drawn as zero. */
export function bars(values: readonly number[], { width, height }: Box, places = 0): readonly Bar[] {
  const top = Math.max(...values, 0) || 1;
  const count = Math.max(places, values.length, 1);
  const place = width / count;
  return values.map((value, index) => {
    const tall = (Math.max(0, value) / top) * height;
    const x = (count - values.length + index + GAP / 2) * place;
    return { x, y: height - tall, width: place * (1 - GAP), height: tall };
  });
}

/** Return the place of the highest value, the first of several; -1 of none. */
export const highest = (values: readonly number[]): number => values.indexOf(Math.max(...values));

/** Return the place of the lowest value, the first of several; -1 of none. */
export const lowest = (values: readonly number[]): number => values.indexOf(Math.min(...values));

export interface Change {
  /** How many values each half has. */
  readonly count: number;
  readonly before: number;
  readonly after: number;
}

/** Compare the later half of the values with the earlier one; `null` if there are too few. */
export function change(values: readonly number[]): Change | null {
  const count = Math.floor(values.length / 2);
  if (count < 2) return null;
  const sum = (part: readonly number[]): number => part.reduce((total, each) => total + each, 0);
  return { count, before: sum(values.slice(-2 * count, -count)), after: sum(values.slice(-count)) };
}
