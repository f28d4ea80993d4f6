/** What a page to print is drawn of. Lengths are in points, from the top left corner of the page. */

export interface Box {
  readonly kind: 'box';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: string;
}

/** A QR code: dark modules of the width 1, in rows; `size` is that of all of it on the page. */
export interface Code {
  readonly kind: 'code';
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly rows: readonly (readonly boolean[])[];
}

/** A line of text, centred at `x`; `y` is its base line. */
export interface Line {
  readonly kind: 'line';
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly isBold: boolean;
  readonly color: string;
  readonly text: string;
}

export type Shape = Box | Code | Line;

export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly language: string;
  readonly shapes: readonly Shape[];
}

/** Join dark modules that touch in a row: `[column, row, length]`. */
export function runsOf(rows: Code['rows']): (readonly [number, number, number])[] {
  return rows.flatMap((row, y) => {
    const runs: [number, number, number][] = [];
    row.forEach((isDark, x) => {
      const last = runs.at(-1);
      if (!isDark) return;
      if (last && last[0] + last[2] === x) last[2] += 1;
      else runs.push([x, y, 1]);
    });
    return runs;
  });
}
