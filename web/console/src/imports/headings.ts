/** Which fields columns of a file are: by their names in the API, or by what lists usually call them. */

/** The fields of a row that a person may choose, in the order in which they are offered. */
export const FIELDS = [
  'email',
  'firstName',
  'lastName',
  'phone',
  'customerNumber',
  'birthday',
  'points',
  'totalEarned',
  'pointsEarnedAt',
  'enrolledAt',
  'language',
  'newsletter.subscribed',
  'newsletter.consentedAt',
  'newsletter.consentedBy',
  'userId',
] as const;

/** One of these is needed, by which a person is found again. */
export const NAMING: readonly string[] = ['email', 'phone', 'customerNumber', 'userId'];
export const OPENING: readonly string[] = ['points', 'totalEarned', 'pointsEarnedAt'];

/** What lists in German and English call them, as `plain` writes it. docs/console.md shows this table. */
const USUAL: Readonly<Record<(typeof FIELDS)[number], string>> = {
  email: 'email emailadresse emailaddress mail mailadresse epost',
  firstName: 'firstname vorname givenname forename rufname',
  lastName: 'lastname nachname name familienname surname familyname zuname',
  phone: 'phone telefon telefonnummer telefonnr telnr tel handynr mobilnr mobil mobilnummer mobiltelefon handy handynummer phonenumber mobile mobilephone',
  customerNumber: 'customernumber kundennummer kundennr kdnr kundenid customerno customerid mitgliedsnummer mitgliedsnr mitgliedsnummer kartennummer kartennr membernumber cardnumber',
  birthday: 'birthday geburtstag geburtsdatum gebdatum gebdat geboren geborenam dateofbirth birthdate dob',
  points: 'points punkte punktestand stempel stamps guthaben saldo kontostand balance bonuspunkte punkteguthaben cashback',
  totalEarned: 'totalearned gesamtpunkte punktegesamt gesamtgesammelt jegesammelt insgesamtgesammelt lifetimepoints totalpoints',
  pointsEarnedAt: 'pointsearnedat gesammeltam punktevom punkteseit pointssince',
  enrolledAt: 'enrolledat mitgliedseit kundeseit beigetreten beitritt beitrittsdatum eintritt eintrittsdatum angemeldetam registriertam angelegtam membersince joined joinedat customersince createdat',
  language: 'language sprache lang locale',
  'newsletter.subscribed': 'newslettersubscribed newsletter werbung werbeeinwilligung newsletterabo subscribed',
  'newsletter.consentedAt': 'newsletterconsentedat einwilligungam einwilligungvom einwilligungsdatum newsletterseit zugestimmtam consentedat consentdate',
  'newsletter.consentedBy': 'newsletterconsentedby einwilligungdurch einwilligungquelle consentedby consentsource',
  userId: 'userid benutzerid nutzerid',
};

const FIELD_OF = new Map(
  Object.entries(USUAL).flatMap(([field, names]) => names.split(' ').map((name) => [name, field] as const)),
);

/** A field of the account's own, such as `size`, with its label. */
export interface OwnField {
  readonly name: string;
  readonly label: string | null;
}

/** Small letters and digits alone; umlauts as without a German keyboard. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/ä/g, 'ae')
    .replace(/ö/g, 'oe')
    .replace(/ü/g, 'ue')
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]/g, '');

/** Return the field that a heading means, an empty text if nobody knows. */
export function fieldFor(heading: string, own: readonly OwnField[]): string {
  if (/^(externalIds|customFields)\.\S+$/.test(heading) || heading === 'programId') return heading;
  const text = plain(heading);
  const mine = own.find((each) => [each.name, each.label ?? each.name].map(plain).includes(text));
  return FIELD_OF.get(text) ?? (mine && text ? `customFields.${mine.name}` : '');
}

/** A column of a file and the field that it is read as, an empty text if it is left out. */
export interface Column {
  readonly heading: string;
  readonly field: string;
  readonly examples: readonly string[];
  /** The heading is empty, or there twice: nobody can say which column is meant. */
  readonly isNameless: boolean;
}

/** Return the columns of a file. `chosen` are the fields that a person has chosen, by heading. */
export function columnsOf(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  chosen: Readonly<Record<string, string>>,
  own: readonly OwnField[],
): readonly Column[] {
  const guessed = new Set<string>();
  return headings.map((heading, place) => {
    const isNameless = !heading || headings.filter((each) => each === heading).length > 1;
    const guess = fieldFor(heading, own);
    const isFirst = !isNameless && !guessed.has(guess);
    if (!isNameless) guessed.add(guess);
    const field = isNameless ? '' : (chosen[heading] ?? (isFirst ? guess : ''));
    const examples = [...new Set(rows.map((row) => row[place] ?? '').filter(Boolean))].slice(0, 3);
    return { heading, field, examples, isNameless };
  });
}

/** As the API takes it: the field of each heading, `null` for what is left out. */
export const namesOf = (columns: readonly Column[]): Record<string, string | null> =>
  Object.fromEntries(columns.map(({ heading, field }) => [heading, field || null]));
