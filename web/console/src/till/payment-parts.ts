/** What of a purchase a balance pays, and what is left: decided here, without a page or a network. */

import { readAmount, type Doubt } from '../../../shared/lib/amount.ts';
import type { Entry } from './outbox-rules.ts';

/** What of a purchase the balance pays: minor units, or why that cannot be. */
export type Part = { readonly minor: number } | { readonly doubt: Doubt | 'tooMuch' };

/**
 * Read what is to be paid from a balance. `text` is `null` for as much as possible.
 *
 * It is at most the purchase, and at most what the balance pays: all in minor units.
 */
export function readPart(
  text: string | null,
  { sale, payable, locale, digits }: { sale: number; payable: number; locale: string; digits: number },
): Part {
  const most = Math.min(sale, payable);
  if (text === null) return { minor: most };
  const read = readAmount(text, locale, digits);
  return 'minor' in read && read.minor > most ? { doubt: 'tooMuch' } : read;
}

/** What is left to be paid in money, in major units, without the errors of binary fractions. */
export function leftOf({ purchaseAmount, paid = 0, digits = 2 }: Pick<Entry, 'purchaseAmount' | 'paid' | 'digits'>): number {
  const scale = 10 ** digits;
  return (Math.round(purchaseAmount * scale) - Math.round(paid * scale)) / scale;
}
