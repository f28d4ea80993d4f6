import type {
  faults as sourceFaults,
  program as sourceProgram,
  programs as source,
  sentences as sourceSentences,
} from '../en/programs.ts';

export const programs: typeof source = {
  title: 'Programme',
  new: 'Neues Programm',
  goOn: 'Entwurf fortsetzen',
  none: 'Diese Filiale hat noch kein Programm. Mit dem ersten können Kunden beitreten.',
  caption: 'Programme dieser Filiale',
  name: 'Name',
  kind: 'Art',
  state: 'Stand',
  since: 'Seit',
  states: { active: 'Geöffnet', inactive: 'Geschlossen' },
  types: { stamps: 'Stempel', points: 'Punkte', cashback: 'Cashback', tier: 'Stufen' },
  unnamed: 'Ihr Programm',
  poster: 'Plakat zum Drucken',
  readOnly: 'Ihre Rolle kann hier lesen und nichts ändern.',
};

export const sentences: typeof sourceSentences = {
  stamp: (stamps) => `Jeder Einkauf bringt ${stamps}.`,
  checkIn: (amount) => `Einchecken im Laden bringt ${amount}, auch ohne Einkauf.`,
  full: (stamps, reward) => `${stamps}, dann: ${reward}.`,
  fullCard: (stamps) => `Eine Karte ist voll, wenn sie ${stamps} hat.`,
  earns: (spent, gets) => `Wer für ${spent} einkauft, bekommt ${gets}.`,
  earnsNothing: (spent) => `Wer für ${spent} einkauft, bekommt noch nichts.`,
  back: (spent, money) => `Wer für ${spent} einkauft, bekommt ${money} zurück.`,
  minimum: (money) => `Einkäufe unter ${money} bringen nichts.`,
  most: (money) => `Ein Einkauf bringt höchstens ${money}.`,
  cashbackPays: 'Kunden bezahlen damit an der Kasse, wie mit Geld.',
  pays: (one, money) => `An der Kasse ist ${one} ${money} wert.`,
  noReward: 'Es gibt noch keine Prämie: Kunden sammeln und können nichts dafür bekommen.',
  reward: (cost, title) => `Für ${cost}: ${title}.`,
  firstLevel: (name) => `Alle beginnen als ${name}.`,
  level: (name, from) => `${name}: mindestens ${from}.`,
};

export const faults: typeof sourceFaults = {
  missing: 'Bitte füllen Sie das aus.',
  unclear: (min, max, example) => `Geben Sie eine Zahl von ${min} bis ${max} ein, zum Beispiel ${example}.`,
  decimals: (digits) => (digits === 0 ? 'Geben Sie eine ganze Zahl ein.' : `Höchstens ${digits} Stellen nach dem Komma.`),
  tooLarge: (max) => `Das ist zu viel: höchstens ${max}.`,
  tooSmall: (min) => `Das ist zu wenig: mindestens ${min}.`,
  tooLong: 'Das ist zu lang.',
  tooMany: (max) => `Das sind zu viele: höchstens ${max}.`,
  ascending: 'Jede Stufe braucht mehr Punkte als die davor.',
  twice: 'Zwei Stufen haben diesen Namen.',
  color: 'Geben Sie eine Farbe wie #1d5fbf ein.',
  link: 'Geben Sie eine Adresse ein, die mit https:// beginnt.',
  refused: 'Das wurde nicht angenommen. Bitte schauen Sie noch einmal.',
};

export const program: typeof sourceProgram = {
  back: 'Alle Programme',
  partsOf: (name) => `Teile von ${name}`,
  parts: { overview: 'Übersicht', card: 'Karte und Regeln', more: 'Weitere Regeln', rewards: 'Prämien', campaigns: 'Aktionen', levels: 'Stufen' },
  madeOpen: 'Ihr Programm ist geöffnet.',
  madeClosed: 'Ihr Programm ist gespeichert. Noch sieht es niemand.',
  isOpen: 'Geöffnet',
  isClosed: 'Geschlossen',
  openNow: 'Kunden können beitreten, sammeln und einlösen. Das Programm steht auf der Seite Ihrer Filiale.',
  closedNow: 'Niemand kann beitreten oder sammeln. Mitglieder behalten, was sie haben, und können es einlösen.',
  close: 'Programm schließen',
  closeNote: 'Danach kann niemand mehr beitreten oder sammeln. Mitglieder behalten, was sie haben. Sie können es wieder öffnen.',
  open: 'Programm öffnen',
  openNote: 'Ab dann können Kunden beitreten und sammeln.',
};
