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
  fullCard: {
    also: (titles, stamps) => `Auch ${titles.map((each) => `„${each}“`).join(', ')} für ${stamps} Stempel geben`,
    else: (titles, stamps) =>
      `Bisher kostet ${titles.length === 1 ? 'das' : 'jedes davon'} eine volle Karte: ${stamps} Stempel. Ohne Haken bleibt es bei ${stamps}.`,
  },
};
