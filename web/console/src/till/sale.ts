/** What was sold, as people at a counter say it: what was paid, or how many purchases it was. */

import { counted, exactMoney } from '../../../shared/i18n/format.ts';
import { t } from '../words.ts';
import type { Entry } from './outbox-rules.ts';

type Sale = Pick<Entry, 'purchaseAmount' | 'purchaseCount' | 'currency'>;

export function saleOf({ purchaseAmount, purchaseCount, currency }: Sale): string {
  return purchaseCount === undefined ? exactMoney(purchaseAmount, currency) : counted(purchaseCount, t().till.count.sale);
}
