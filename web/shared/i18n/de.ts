import type { common as source } from './en.ts';

export const common: typeof source = {
  signIn: {
    title: 'Anmelden',
    email: 'E-Mail-Adresse',
    mail: 'Link per E-Mail schicken',
    mailed: (email) => `Wir haben einen Link an ${email} geschickt. Öffnen Sie ihn in diesem Browser.`,
    password: 'Passwort',
    byPassword: 'Mit Passwort anmelden',
    withPassword: 'Ich habe ein Passwort',
    confirm: 'An welche Adresse ging der Link?',
    go: 'Weiter',
    badLink: 'Dieser Link gilt nicht mehr. Fordern Sie einen neuen an.',
    wrong: 'Adresse oder Passwort ist falsch.',
    invalidEmail: 'Geben Sie eine E-Mail-Adresse wie anna@example.com ein.',
  },
  units: {
    points: { one: 'Punkt', other: 'Punkte' },
    stamps: { one: 'Stempel', other: 'Stempel' },
  },
  rule: {
    stamps: (needed) => `${needed} Stempel füllen die Karte`,
    points: (points, money) => `${points} Punkte je ${money}`,
    cashback: (percent) => `${percent} von jedem Einkauf zurück`,
    minimum: (money) => `ab ${money}`,
  },
  face: {
    stampsOf: (have, needed) => `${have} von ${needed} Stempeln`,
    tier: 'Stufe',
    toTier: (missing, tier) => `${missing} bis ${tier}`,
    top: 'die höchste Stufe',
  },
  problem: {
    offline: 'Es gibt keine Verbindung. Nichts wurde geändert.',
    unauthorized: 'Bitte melden Sie sich noch einmal an.',
    forbidden: 'Das geht hier nicht.',
    notFound: 'Das gibt es nicht mehr.',
    conflict: 'Das hat sich inzwischen geändert. Bitte schauen Sie noch einmal.',
    invalid: 'Das geht nicht.',
    rateLimited: 'Das war zu oft. Warten Sie einen Moment.',
    server: 'Bei uns ist etwas schiefgegangen. Versuchen Sie es noch einmal.',
  },
  retry: 'Noch einmal',
  loading: 'Lädt',
  skip: 'Zum Inhalt',
};
