/** The words of the forms that change a program. */

export const terms = {
  save: 'Save',
  meant: 'Yes, that is meant',
  saved: 'Saved.',
  fixed: (kind: string) =>
    `The kind, ${kind}, cannot be changed. New rules hold for purchases from now on: what members have stays as it is.`,
  stampsPerPurchase: 'Stamps for each purchase',
  minimumPurchase: (currency: string) => `Least purchase that earns, in ${currency} (optional)`,
  maxCashback: (currency: string) => `Most that one purchase brings, in ${currency} (optional)`,
};
