/** Bars over time: a picture, the same in words, and the same as a table. */

import type { ComponentChildren } from 'preact';
import { bars, change, highest, lowest } from './scale.ts';
import { t } from '../words.ts';

export interface Point {
  /** Which day, week or month it is. */
  readonly name: string;
  readonly value: number;
}

interface Props {
  readonly title: string;
  readonly points: readonly Point[];
  /** The last point is not over yet: it is drawn as such, and compared with nothing. */
  readonly isLastOpen: boolean;
  /** How many points there are as soon as enough was counted: fewer stand at the end. */
  readonly places: number;
  readonly format: (value: number) => string;
  /** Whether values of several points add up: who is active on two days is not two people. */
  readonly isSum: boolean;
  /** Such as "Day": what a row of the table is about. */
  readonly heading: string;
}

const BOX = { width: 320, height: 96 };
const ABOVE = 18; // Room for the number over the highest bar.
const BELOW = 18; // Room for the names under the first and the last one.

export function Chart({ title, points, isLastOpen, places, format, isSum, heading }: Props) {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return null;
  return (
    <figure class="chart">
      <figcaption class="stack">
        <strong>{title}</strong>
        <span class="quiet">{sentenceOf({ points, isLastOpen, format, isSum })}</span>
      </figcaption>
      <Picture points={points} isLastOpen={isLastOpen} places={places} format={format} />
      <details>
        <summary>{t().chart.table}</summary>
        <Table caption={title} heading={heading}>
          {points.map(({ name, value }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{format(value)}</td>
            </tr>
          ))}
        </Table>
      </details>
    </figure>
  );
}

type PictureProps = Pick<Props, 'points' | 'isLastOpen' | 'places' | 'format'>;

/** What it shows stands beside it in words, so it says nothing to who hears the page. */
function Picture({ points, isLastOpen, places, format }: PictureProps) {
  const values = points.map((each) => each.value);
  const drawn = bars(values, BOX, places);
  const begin = drawn[0]?.x ?? 0;
  const most = highest(values);
  const top = drawn[most];
  const base = ABOVE + BOX.height;
  return (
    <svg viewBox={`0 0 ${BOX.width} ${base + BELOW}`} aria-hidden="true">
      <line class="base" x1={0} x2={BOX.width} y1={base} y2={base} />
      {drawn.map((bar, index) => (
        <rect
          key={index}
          class={isLastOpen && index === drawn.length - 1 ? 'bar open' : 'bar'}
          x={bar.x}
          y={ABOVE + bar.y}
          width={bar.width}
          height={bar.height}
          rx={Math.min(2, bar.width / 2)}
        />
      ))}
      {top && top.height > 0 && (
        <text {...placed(top.x + top.width / 2)} y={ABOVE + top.y - 5}>
          {format(values[most] ?? 0)}
        </text>
      )}
      {begin < BOX.width / 2 && (
        <text class="name" x={begin} y={base + 14}>
          {points[0]?.name}
        </text>
      )}
      {(points.length > 1 || begin >= BOX.width / 2) && (
        <text class="name" text-anchor="end" x={BOX.width} y={base + 14}>
          {points.at(-1)?.name}
        </text>
      )}
    </svg>
  );
}

/** A number that would stand out of the picture begins or ends at its side. */
function placed(x: number): { readonly x: number; readonly 'text-anchor': 'start' | 'middle' | 'end' } {
  if (x < BOX.width / 4) return { x: Math.max(0, x - 12), 'text-anchor': 'start' };
  if (x > (3 * BOX.width) / 4) return { x: Math.min(BOX.width, x + 12), 'text-anchor': 'end' };
  return { x, 'text-anchor': 'middle' };
}

interface TableProps {
  readonly caption: string;
  readonly heading: string;
  readonly children: ComponentChildren;
}

function Table({ caption, heading, children }: TableProps) {
  return (
    <table class="narrow">
      <caption class="for-readers">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{heading}</th>
          <th scope="col">{caption}</th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function sentenceOf({ points, isLastOpen, format, isSum }: Pick<Props, 'points' | 'isLastOpen' | 'format' | 'isSum'>): string {
  const words = t().chart;
  const values = points.map((each) => each.value);
  if (values.every((each) => each === 0)) return words.nothing;
  const said = [most(points[highest(values)], format)];
  const over = isLastOpen ? points.slice(0, -1) : points;
  const least = over[lowest(over.map((each) => each.value))];
  if (least && over.length > 1) said.push(words.lowest(format(least.value), least.name));
  const halves = change(over.map((each) => each.value));
  if (halves) {
    const { count, after, before } = halves;
    const mean = (sum: number): string => format(Math.round(sum / count));
    said.push(isSum ? words.change(count, format(after), format(before)) : words.meanChange(count, mean(after), mean(before)));
  }
  return said.join(' ');
}

const most = (point: Point | undefined, format: Props['format']): string =>
  point ? t().chart.highest(format(point.value), point.name) : '';
