import type { poster as source, sheet as sourceSheet } from '../en/poster.ts';

export const poster: typeof source = {
  title: 'Plakat zum Drucken',
  back: 'Alle Programme',
  note: 'Kunden scannen den Code mit dem Handy, melden sich mit einem Link an, den sie per E-Mail bekommen, und haben die Karte. Drucken Sie es, und hängen Sie es auf, wo man wartet.',
  none: 'Kein Programm dieser Filiale ist geöffnet. Öffnen Sie erst eines.',
  program: 'Programm',
  paper: 'Papier',
  papers: { a4: 'A4', a5: 'A5, halb so groß' },
  language: 'Sprache des Plakats',
  languages: { de: 'Deutsch', en: 'Englisch' },
  checkIn: 'Mit dem Code zum Einchecken',
  checkInNote: 'Mitglieder scannen ihn im Laden und sammeln für ihren Besuch.',
  noCheckIn: 'Ein Besuch ohne Einkauf bringt in diesem Programm nichts. Deshalb gibt es auf dem Plakat keinen Code zum Einchecken.',
  setCheckIn: 'Festlegen, was ein Besuch bringt',
  make: 'PDF erstellen',
  made: 'Das PDF liegt bei Ihren Downloads.',
  preview: 'Vorschau des Plakats',
  link: 'Der Code führt zu',
};

export const sheet: typeof sourceSheet = {
  scan: 'Scannen und sammeln',
  scanNote: 'Mit der Kamera Ihres Handys. Sie brauchen keine App.',
  checkIn: 'Schon dabei?',
  checkInNote: 'Bei jedem Besuch hier scannen.',
};
