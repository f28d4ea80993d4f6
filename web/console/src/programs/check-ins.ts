/** What a visit brings by itself, without a purchase: by check-in, in the way that the program has. */

import type { Rules } from '../../../shared/lib/earning.ts';
import type { Program } from './program.ts';

const CHECK_INS: readonly string[] = ['qr_checkin', 'store_checkin'];

export const isCheckIn = (method: string): boolean => CHECK_INS.includes(method);

/** What a check-in brings: what is set, or else what the API gives; of cashback nothing. */
export function perCheckIn(rules: Rules): number {
  if (rules.pointsPerCheckin != null) return rules.pointsPerCheckin;
  if ('requiredStamps' in rules) return rules.stampsPerPurchase ?? 1;
  return 'cashbackPercentage' in rules ? 0 : 1;
}

/** Whether who scans the code of a poster in the shop gets something for it. */
export const checksIn = ({ earningMethods, rules }: Pick<Program, 'earningMethods' | 'rules'>): boolean =>
  earningMethods.includes('qr_checkin') && perCheckIn(rules) > 0;
