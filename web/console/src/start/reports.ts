/** What the API tells of a program, as the start page needs it. */

import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { dayAt } from '../../../shared/lib/zone.ts';

type Schemas = components['schemas'];
export type Report = Schemas['GetLoyaltyReportResponse'];
export type Row = Report['rows'][number];
export type Interval = Report['interval'];

export const INTERVALS: readonly Interval[] = ['day', 'week', 'month'];

/** Return 30 days, 12 weeks or a year until today. */
export function readReport(programId: string, interval: Interval): Promise<Report> {
  const body = { programId, interval };
  return ask((api, signal) => api.POST('/getLoyaltyReport', { body, signal }));
}

/** Return the month that has begun, as a row. */
export function readMonth(programId: string, zone: string): Promise<Report> {
  const body = { programId, interval: 'month', fromDay: dayAt(new Date(), zone) } as const;
  return ask((api, signal) => api.POST('/getLoyaltyReport', { body, signal }));
}

export const readFigures = (programId: string): Promise<Schemas['GetLoyaltyAnalyticsResponse']> =>
  ask((api, signal) => api.POST('/getLoyaltyAnalytics', { body: { programId }, signal }));

export const readOwed = (programId: string): Promise<Schemas['GetLiabilityReportResponse']> =>
  ask((api, signal) => api.POST('/getLiabilityReport', { body: { programId }, signal }));

/** Return the row of the report's last day, if anything is counted by then. */
export function rowOfToday({ rows, toDay }: Report): Row | undefined {
  return rows.find((each) => each.toDay === toDay && each.fromDay === toDay);
}
