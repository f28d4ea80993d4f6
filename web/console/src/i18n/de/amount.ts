import type { Words } from '../en.ts';

export const amount: Words['amount'] = {
  empty: (example) => `Geben Sie den Betrag ein, zum Beispiel ${example}.`,
  unclear: (example) => `Geben Sie den Betrag wie ${example} ein.`,
  decimals: (example) => `Das hat zu viele Nachkommastellen. Geben Sie es wie ${example} ein.`,
  tooLarge: (example) => `Das ist zu viel. Geben Sie es wie ${example} ein.`,
};
