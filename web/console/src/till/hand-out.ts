/** What the person at the till does for a reward: hand something out, or take something off the bill. */

import { exactMoney, percent } from '../../../shared/i18n/format.ts';
import type { Program } from '../store.ts';
import { t } from '../words.ts';

interface Discount {
  /** Numbers, or exact decimals as texts, as the store's profile has them. */
  readonly percentage: number | string | null;
  readonly amount: number | string | null;
}

/** Return the sentence; of goods, and of what is not on offer any more, it only names the reward. */
export function handOut(title: string, program: Program | undefined, reward: Discount | undefined): string {
  const words = t().till;
  if (!program || !reward) return words.handOver(title);
  const { percentage, amount } = reward;
  if (percentage !== null) return words.takeOff(percent(Number(percentage)), title);
  return amount === null ? words.handOver(title) : words.takeOff(exactMoney(Number(amount), program.currency), title);
}
