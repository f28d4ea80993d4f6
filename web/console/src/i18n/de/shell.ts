import type { Words } from '../en.ts';

export const shell: Words['shell'] = {
  pages: 'Seiten',
  sections: { start: 'Start', till: 'Kasse', members: 'Mitglieder', programs: 'Programme', staff: 'Team', imports: 'Import' },
  account: 'Konto',
  store: 'Filiale',
  signOut: 'Abmelden',
  unsent: { one: 'Buchung ist noch nicht gesendet', other: 'Buchungen sind noch nicht gesendet' },
  leaveUnsent: (unsent) => `${unsent}. Sie bleiben auf diesem Gerät und werden gesendet, wenn Sie sich hier wieder anmelden.`,
  leave: 'Trotzdem abmelden',
  signIn: 'Melden Sie sich mit der Adresse an, der Ihr Laden eine Rolle gegeben hat.',
  noAccount: 'Sie haben noch in keinem Laden eine Rolle. Fragen Sie den Inhaber.',
  closed: 'Das Abonnement dieses Ladens ist beendet. Fragen Sie den Inhaber.',
  nothing: 'Für Ihre Rolle gibt es hier keine Seite.',
  storeId: 'Kennung oder Link Ihrer Filiale',
  storeIdHint: 'Sie steht auf dem Plakat: im Link hinter /s/.',
  openStore: 'Filiale öffnen',
  someone: (end) => `Kunde …${end}`,
  noStore: 'Diese Filiale gibt es nicht.',
  roles: { owner: 'Inhaber', manager: 'Leitung', cashier: 'Kasse', developer: 'Entwicklung' },
};
