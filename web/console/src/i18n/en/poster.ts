/** The page that makes the poster. */
export const poster = {
  title: 'Poster to print',
  back: 'All programs',
  note: 'Customers scan the code with their phone, sign in by a link that is mailed to them, and have the card. Print it, and put it where people wait.',
  none: 'No program of this store is open. Open one first.',
  program: 'Program',
  paper: 'Paper',
  papers: { a4: 'A4', a5: 'A5, half of it' },
  language: 'Language of the poster',
  languages: { de: 'German', en: 'English' },
  checkIn: 'With the code for check-ins',
  checkInNote: 'Members scan it in the shop, and collect for their visit.',
  noCheckIn: 'A visit without a purchase brings nothing in this program, so the poster has no code to check in with.',
  setCheckIn: 'Set what a visit brings',
  make: 'Make the PDF',
  made: 'The PDF is in your downloads.',
  preview: 'Preview of the poster',
  link: 'The code leads to',
};

/** What is printed. */
export const sheet = {
  scan: 'Scan and collect',
  scanNote: 'With the camera of your phone. You need no app.',
  checkIn: 'Already a member?',
  checkInNote: 'Scan here each time you come.',
};
