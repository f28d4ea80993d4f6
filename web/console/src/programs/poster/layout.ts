/** Where everything stands on the poster. Pure but for how wide a text is, which the browser knows. */

import { encode } from 'uqr';
import { inkOn } from '../../../../shared/lib/contrast.ts';
import type { Code, Line, Shape, Sheet } from './drawing.ts';

export type Paper = 'a4' | 'a5';

/** In points: 210 by 297 mm, and half of it. */
const PAPERS: Readonly<Record<Paper, readonly [number, number]>> = {
  a4: [595.276, 841.89],
  a5: [419.528, 595.276],
};
/** All lengths below are those of this height. */
const DRAWN_HEIGHT = 841.89;

export interface Poster {
  readonly paper: Paper;
  readonly language: string;
  readonly store: string;
  readonly program: string;
  /** What the program grants, in a sentence; then its description, if it has one. */
  readonly about: readonly string[];
  readonly color: string;
  readonly join: { readonly link: string; readonly title: string; readonly note: string };
  readonly checkIn: { readonly link: string; readonly title: string; readonly note: string } | null;
}

export type Measure = (text: string, size: number, isBold: boolean) => number;

export function layout(poster: Poster, measure: Measure): Sheet {
  const [width, height] = PAPERS[poster.paper];
  const unit = height / DRAWN_HEIGHT;
  const ink = inkOn(poster.color);
  const band: Shape[] = [];
  const inner = width - 80 * unit;
  let y = 64 * unit;

  function write(text: string, size: number, isBold: boolean, lines: number, gap: number): void {
    const set = fit(text, { size: size * unit, isBold, width: inner, lines }, measure);
    for (const each of set.lines) {
      y += set.size;
      band.push({ kind: 'line', x: width / 2, y, size: set.size, isBold, color: ink, text: each });
      y += set.size * 0.2;
    }
    y += gap * unit;
  }

  write(poster.store, 40, true, 2, 8);
  write(poster.program, 26, true, 2, 10);
  poster.about.forEach((each) => write(each, 20, false, 2, 4));
  const end = y + 36 * unit;

  const codes = [poster.join, ...(poster.checkIn ? [poster.checkIn] : [])];
  const size = (codes.length === 1 ? 300 : 220) * unit;
  const room = height - end - 56 * unit;
  const column = width / codes.length;
  const top = end + Math.max((room - size - 100 * unit) / 2, 0);
  const shapes = codes.flatMap((each, index) => {
    const middle = column * (index + 0.5);
    const wide = column - 40 * unit;
    const isAlone = codes.length === 1;
    return [
      codeOf(each.link, middle - size / 2, top, size),
      ...block(each.title, middle, top + size + 18 * unit, (isAlone ? 26 : 18) * unit, true, wide, measure),
      ...block(each.note, middle, top + size + (isAlone ? 56 : 64) * unit, (isAlone ? 18 : 15) * unit, false, wide, measure),
    ];
  });
  const link = fit(poster.join.link, { size: 14 * unit, isBold: false, width: inner, lines: 1 }, measure);
  return {
    width,
    height,
    title: `${poster.store}: ${poster.program}`,
    language: poster.language,
    shapes: [
      { kind: 'box', x: 0, y: 0, width, height, color: '#ffffff' },
      { kind: 'box', x: 0, y: 0, width, height: end, color: poster.color },
      ...band,
      ...shapes,
      ...link.lines.map((text) => black(text, width / 2, height - 36 * unit, link.size, false)),
    ],
  };
}

const black = (text: string, x: number, y: number, size: number, isBold: boolean): Line => ({
  kind: 'line',
  x,
  y,
  size,
  isBold,
  color: '#111318',
  text,
});

function block(
  text: string,
  x: number,
  top: number,
  size: number,
  isBold: boolean,
  width: number,
  measure: Measure,
): Line[] {
  const set = fit(text, { size, isBold, width, lines: 2 }, measure);
  return set.lines.map((each, index) => black(each, x, top + set.size * (1 + index * 1.2), set.size, isBold));
}

/** With the level M a code still reads with a seventh of it dirty. The page around it is its margin. */
const codeOf = (link: string, x: number, y: number, size: number): Code => ({
  kind: 'code',
  x,
  y,
  size,
  rows: encode(link, { ecc: 'M', border: 0 }).data,
});

interface Place {
  readonly size: number;
  readonly isBold: boolean;
  readonly width: number;
  readonly lines: number;
}

const SMALLEST = 0.4;

/** Break a text into lines, and make it smaller until they are few enough; then cut what is too much. */
export function fit(text: string, place: Place, measure: Measure): { lines: string[]; size: number } {
  for (let size = place.size; ; size *= 0.92) {
    const lines = broken(text, place.width, (part) => measure(part, size, place.isBold));
    if (lines.length <= place.lines) return { lines, size };
    if (size < place.size * SMALLEST) {
      return { lines: [...lines.slice(0, place.lines - 1), `${lines[place.lines - 1] ?? ''}…`], size };
    }
  }
}

/** Break between words; and within one, between letters, where it alone is too wide. */
function broken(text: string, width: number, measure: (part: string) => number): string[] {
  const lines: string[] = [];
  let now = '';
  for (const word of text.trim().split(/\s+/)) {
    const longer = now === '' ? word : `${now} ${word}`;
    if (measure(longer) <= width) {
      now = longer;
      continue;
    }
    if (now !== '') lines.push(now);
    now = '';
    for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word)) {
      if (now !== '' && measure(now + segment) > width) {
        lines.push(now);
        now = '';
      }
      now += segment;
    }
  }
  return now === '' ? lines : [...lines, now];
}
