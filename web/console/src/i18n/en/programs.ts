/** The words of the programs' pages; they are loaded with these. */

export const programs = {
  title: 'Programs',
  new: 'New program',
  goOn: 'Go on with the draft',
  none: 'This store has no program yet. With the first one customers can join.',
  caption: 'Programs of this store',
  name: 'Name',
  kind: 'Kind',
  state: 'State',
  since: 'Since',
  states: { active: 'Open', inactive: 'Closed' },
  types: { stamps: 'Stamps', points: 'Points', cashback: 'Cashback', tier: 'Levels' },
  unnamed: 'Your program',
  poster: 'Poster to print',
  readOnly: 'Your role can look, and change nothing here.',
};

/** Rules as people say them. Amounts and counts come with their unit. */
export const sentences = {
  stamp: (stamps: string) => `Each purchase brings ${stamps}.`,
  checkIn: (amount: string) => `A check-in in the shop brings ${amount}, also without a purchase.`,
  full: (stamps: string, reward: string) => `${stamps}, then: ${reward}.`,
  fullCard: (stamps: string) => `A card is full with ${stamps}.`,
  earns: (spent: string, gets: string) => `A customer who spends ${spent} gets ${gets}.`,
  earnsNothing: (spent: string) => `A customer who spends ${spent} gets nothing yet.`,
  back: (spent: string, money: string) => `A customer who spends ${spent} gets ${money} back.`,
  minimum: (money: string) => `Purchases below ${money} earn nothing.`,
  most: (money: string) => `One purchase brings at most ${money}.`,
  cashbackPays: 'Customers pay with it at the till, like with money.',
  pays: (one: string, money: string) => `At the till ${one} pays ${money}.`,
  noReward: 'There is no reward yet: customers collect, and can spend it on nothing.',
  reward: (cost: string, title: string) => `For ${cost}: ${title}.`,
  firstLevel: (name: string) => `Everybody begins as ${name}.`,
  level: (name: string, from: string) => `${name} from ${from}.`,
  factor: (name: string, times: string) => `As ${name}, purchases bring ${times} times as much.`,
  benefits: (name: string, benefits: string) => `${name} has besides: ${benefits}.`,
  kept: (name: string) => `Who has reached ${name}, never falls below it.`,
  counts: (basis: string) => `What counts for levels: ${basis}.`,
  tooHigh: (downgrade: string) => `Who has too little for a level, ${downgrade}.`,
  grace: (days: string) => `That happens ${days} later.`,
  monthEnd: 'A level is kept to the end of the month.',
  levelAlert: (days: string) => `Your systems are told ${days} before.`,
};

/** What is wrong with a field. */
export const faults = {
  missing: 'Please fill this in.',
  unclear: (min: string, max: string, example: string) => `Type a number from ${min} to ${max}, such as ${example}.`,
  decimals: (digits: number) => (digits === 0 ? 'Type a whole number.' : `Type at most ${digits} decimals.`),
  tooLarge: (max: string) => `That is too much: at most ${max}.`,
  tooSmall: (min: string) => `That is too little: at least ${min}.`,
  tooLong: 'That is too long.',
  tooMany: (max: string) => `These are too many: at most ${max}.`,
  ascending: 'Each level needs more points than the one before.',
  twice: 'Two levels have this name.',
  color: 'Type a colour like #1d5fbf.',
  link: 'Type an address that begins with https://.',
  refused: 'This was not accepted. Please look again.',
};

/** The page of one program. */
export const program = {
  back: 'All programs',
  partsOf: (name: string) => `Parts of ${name}`,
  parts: { overview: 'Overview', card: 'Card and rules', more: 'More rules', rewards: 'Rewards', campaigns: 'Campaigns', levels: 'Levels' },
  madeOpen: 'Your program is open.',
  madeClosed: 'Your program is saved. Nobody sees it yet.',
  isOpen: 'Open',
  isClosed: 'Closed',
  openNow: 'Customers can join, collect and redeem. The program is on the page of your store.',
  closedNow: 'Nobody can join or collect. Members keep what they have, and can still redeem it.',
  addReward: 'Add a reward',
  close: 'Close the program',
  closeNote: 'Once closed, nobody can join or collect. Members keep what they have. You can open it again.',
  open: 'Open the program',
  openNote: 'From then on customers can join and collect.',
};
