/** Which of the two codes of a card a text is: both are shown on one page, and a till has a field for each. */

import { doubtOf } from './member-code.ts';

/** A code that this system makes for a reward: `RW-XXXX-XXXX-XXXX-XXXX`. */
const REWARD = /^RW([0-9A-Z]{4})([0-9A-Z]{4})([0-9A-Z]{4})([0-9A-Z]{4})$/;

/** Return the code of a reward as it was made; `null` of anything else. */
export function rewardCodeOf(text: string): string | null {
  const groups = REWARD.exec(text.toUpperCase().replace(/[\s-]/g, ''));
  return groups && `RW-${groups.slice(1).join('-')}`;
}

/**
 * Whether a reward's code, as the API says it, is one that this system has made. Others were imported, of a cinema
 * for example, and none of them begins so.
 */
export const isOurRewardCode = (code: string): boolean => code.startsWith('RW-');

/** Whether it is the code by which a customer is found, and whole. Whether it is over is not asked. */
export const isMemberCode = (text: string): boolean => doubtOf(text, 0) !== 'damaged';
