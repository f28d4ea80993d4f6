import type { terms as source } from '../en/terms.ts';

export const terms: typeof source = {
  save: 'Speichern',
  meant: 'Ja, so ist es gemeint',
  saved: 'Gespeichert.',
  fixed: (kind) =>
    `Die Art, ${kind}, lässt sich nicht ändern. Neue Regeln gelten für Einkäufe ab jetzt: Was Mitglieder haben, bleibt, wie es ist.`,
  stampsPerPurchase: 'Stempel für jeden Einkauf',
  minimumPurchase: (currency) => `Kleinster Einkauf, der etwas bringt, in ${currency} (nicht nötig)`,
  maxCashback: (currency) => `Höchstens für einen Einkauf, in ${currency} (nicht nötig)`,
};
