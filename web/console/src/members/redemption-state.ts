/** What became of a redemption: it has an open code, or was handed out, then and by that person. */

import { exactMoney, moment } from '../../../shared/i18n/format.ts';
import { may, store, stores } from '../access.ts';
import type { Program } from '../store.ts';
import { t } from '../words.ts';
import type { Entry } from './history.tsx';
import type { Labels } from './staff-labels.ts';

/** Return it in lines; none if there is nothing to hand out, or all came back. */
export function redemptionState(entry: Entry, program: Program, labels: Labels): readonly string[] {
  const words = t().member;
  const { redemption, rewardCode, amountPaid } = entry;
  if (redemption === null || redemption.status === 'cancelled') return [];
  if (redemption.status === 'used') {
    const when = redemption.usedAt ? moment(new Date(redemption.usedAt)) : '';
    if (redemption.isForShop) return [words.usedInShop(when)];
    return [words.wasHandedOut([when, nameOf(redemption.usedBy, labels), placeOf(redemption.usedInStoreId)])];
  }
  if (rewardCode !== null) return [redemption.isForShop ? words.openInShop : words.openCode, words.codeIs(rewardCode)];
  if (amountPaid === null) return [];
  const paid = exactMoney(amountPaid, program.currency);
  if (redemption.returnedBy === null) return [words.hasPaid(paid)];
  return [redemption.returnedBy === 'cancelCheckout' ? words.paysPurchase(paid) : words.hasPaidPurchase(paid)];
}

/** A colleague by the label. What is nobody's id is what a till has called itself. */
function nameOf(usedBy: string | null, labels: Labels): string {
  if (usedBy === null) return '';
  return labels.get(usedBy) ?? (may('listStaff') ? usedBy : '');
}

/** Another store than the one that is chosen, by its name. */
function placeOf(storeId: string | null): string {
  if (storeId === store.value?.storeId) return '';
  return stores.value.find((each) => each.storeId === storeId)?.name ?? '';
}
