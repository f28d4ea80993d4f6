/** How a program went, by day, week or month: four charts. */

import { useRef, useState } from 'preact/hooks';
import { number } from '../../../shared/i18n/format.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import type { Program } from '../store.ts';
import { Chart } from '../ui/chart.tsx';
import { useRead, type Read } from '../ui/use-read.ts';
import { amount, t } from '../words.ts';
import { INTERVALS, readReport, type Interval, type Report, type Row } from './reports.ts';
import { nameOf } from './times.ts';

/** As many rows has a report without a first day. */
const PLACES: Readonly<Record<Interval, number>> = { day: 30, week: 12, month: 12 };

interface Props {
  readonly program: Program;
  /** The days are there already, because of today. */
  readonly days: Read<Report>;
}

export function Course({ program, days }: Props) {
  const [interval, setInterval] = useState<Interval>('day');
  const isOfDays = interval === 'day';
  const read = async (): Promise<Report | null> =>
    isOfDays ? null : readReport(program.programId, interval);
  const longer = useRead(read, [program.programId, interval]);
  const { value, error, again } = isOfDays ? days : longer;
  const shown = useRef<Report | undefined>(undefined); // What was drawn stays until the next is there.
  if (value?.interval === interval) shown.current = value;
  const report = shown.current;
  const words = t().start;
  const isReading = value?.interval !== interval && error === undefined;
  return (
    <section class="panel" aria-label={words.course} aria-busy={isReading}>
      <h2>{words.course}</h2>
      <fieldset>
        <legend class="for-readers">{words.interval}</legend>
        {INTERVALS.map((each) => (
          <label key={each}>
            <input type="radio" name="interval" checked={each === interval} onChange={() => setInterval(each)} />
            {words.intervals[each]}
          </label>
        ))}
      </fieldset>
      {!report && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={again} />}
      {report?.rows.length === 0 && <p>{words.notCounted}</p>}
      {report && report.rows.length > 0 && <Charts report={report} program={program} />}
    </section>
  );
}

interface ChartsProps {
  readonly report: Report;
  readonly program: Program;
}

function Charts({ report, program }: ChartsProps) {
  const words = t().start;
  const { rows, interval } = report;
  const isLastOpen = rows.some((each) => each.toDay >= report.toDay);
  const points = (value: (row: Row) => number) =>
    rows.map((row) => ({ name: nameOf(row, interval), value: value(row) }));
  const shared = { isLastOpen, places: PLACES[interval], heading: words.intervals[interval] };
  const inUnits = (value: number): string => amount(value, program);
  return (
    <>
      <div class="charts">
        <Chart {...shared} title={words.issued} points={points((row) => row.earned)} format={inUnits} isSum />
        <Chart {...shared} title={words.redeemed} points={points((row) => row.redeemed)} format={inUnits} isSum />
        <Chart {...shared} title={words.newMembers} points={points((row) => row.newMembers)} format={number} isSum />
        <Chart {...shared} title={words.activeMembers} points={points((row) => row.activeMembers)} format={number} isSum={false} />
      </div>
      {isLastOpen && <p class="quiet">{words.open}</p>}
    </>
  );
}
