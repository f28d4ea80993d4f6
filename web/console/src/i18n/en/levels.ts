/** The words of a program's levels. */

export const levels = {
  title: 'Levels',
  note: 'Saving changes what the levels need. Members move with their next booking, or all at once below.',
  factor: (name: string) => `${name}: how many times the points (optional)`,
  policy: 'What counts, and how a level is lost',
  basis: 'What counts',
  bases: {
    lifetime: 'all that was ever collected',
    rolling_12_months: 'what was collected in twelve months',
    calendar_year: 'what was collected since 1 January',
    balance: 'the balance',
  },
  downgrade: 'Whose level is too high',
  downgrades: { none: 'keeps it', one: 'falls by one level', all: 'falls to the level that is reached' } as Readonly<
    Record<string, string>
  >,
  graceDays: 'Days until somebody falls',
  move: 'Who moves',
  moveNote: 'See first who would move to which level now. Nobody moves by that.',
  look: 'Show who would move',
  looking: (members: string) => `Looking: ${members} so far.`,
  nobody: (members: string) => `Nobody would move, of ${members}.`,
  would: (moved: string, members: string) => `${moved} of ${members} would move.`,
  /** After `of`, where German has another form. */
  checked: { one: 'member', other: 'members' },
  members: { one: 'member', other: 'members' },
  erased: 'erased',
  noLevel: 'no level',
  who: 'Who it is',
  first: (count: string) => `The first ${count}.`,
  now: 'Move them now',
  nowAsk: 'Move them now? They get their new level at once, without days of grace.',
  yes: 'Yes, move them',
  moved: (members: string) => `${members} moved.`,
  failed: 'It was not finished. Try it again.',
};
