/** Whether a program needs the amount of a purchase, and how many purchases were typed: decided here, without a page or a network. */

import type { Program, RunningCampaign } from '../store.ts';

/** The API books no more at once. */
export const COUNT_MAX = 20;

/**
 * Tell whether a stamp card is filled without asking what was paid. It is not, while a campaign or a
 * referral wants a certain amount.
 */
export function isCounted({ programType, campaigns = [], referral }: Program, now = Date.now()): boolean {
  const wantsAmount = campaigns.some((each) => isAbove0(each.minimumSpend) && runs(each, now)) || isAbove0(referral?.minimumPurchase);
  return programType === 'stamps' && !wantsAmount;
}

const isAbove0 = (amount: string | null | undefined): boolean => Number(amount ?? 0) > 0;

/** On which days and at which hours does not matter: nobody at a counter wants another form at noon. */
function runs({ startsAt, endsAt }: RunningCampaign, now: number): boolean {
  return new Date(startsAt ?? 0).getTime() <= now && (endsAt == null || new Date(endsAt).getTime() > now);
}

/** Return the number; `undefined` if it is none that can be booked. */
export function readCount(text: string): number | undefined {
  const count = /^\d{1,3}$/.test(text.trim()) ? Number(text) : 0;
  return count >= 1 && count <= COUNT_MAX ? count : undefined;
}

/** Return how many stamps they bring by the rule alone. */
export const stampsOf = ({ rules }: Program, count: number): number => count * (rules?.stampsPerPurchase ?? 1);

/** Return what is one more or one less, within what can be booked. */
export const stepped = (text: string, step: 1 | -1): string =>
  String(Math.min(COUNT_MAX, Math.max(1, (readCount(text) ?? 1) + step)));
