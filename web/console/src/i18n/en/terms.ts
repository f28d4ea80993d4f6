/** The words of the forms that change a program. */

import { counted } from '../../../../shared/i18n/format.ts';

const STAMPS = { one: 'stamp', other: 'stamps' };

export const terms = {
  save: 'Save',
  meant: 'Yes, that is meant',
  saved: 'Saved.',
  fixed: (kind: string) =>
    `The kind, ${kind}, cannot be changed. New rules hold for purchases from now on: what members have stays as it is.`,
  stampsPerPurchase: 'Stamps for each purchase',
  minimumPurchase: (currency: string) => `Least purchase that earns, in ${currency} (optional)`,
  maxCashback: (currency: string) => `Most that one purchase brings, in ${currency} (optional)`,
  fullCard: {
    also: (titles: readonly string[], stamps: number) =>
      `Give ${titles.map((each) => `“${each}”`).join(', ')} for ${counted(stamps, STAMPS)}, too`,
    else: (titles: readonly string[], stamps: number) =>
      `So far ${titles.length === 1 ? 'that costs' : 'each costs'} a full card: ${counted(stamps, STAMPS)}. Without the tick it stays at ${stamps}.`,
  },
};
