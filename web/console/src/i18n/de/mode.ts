import type { Words } from '../en.ts';

export const mode: Words['mode'] = {
  test: 'Testmodus',
  band: 'Testmodus: Die Antworten sind ausgedachte Beispiele, und nichts wird gespeichert.',
  testAccount: (name) => `${name} (Testkonto)`,
};
