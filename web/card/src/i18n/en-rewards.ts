/** The card's words for rewards, and for what is reserved. */

export const rewards = {
  title: 'Rewards',
  none: 'There are no rewards yet.',
  get: 'Get it',
  missing: (amount: string) => `${amount} missing`,
  needsTier: (tier: string) => `for ${tier}`,
  hold: 'Show this code at the till',
  until: (time: string, amount: string) => `Reserved until ${time}. If nobody uses the code by then, you get ${amount} back.`,
  reserved: 'Reserved for you: see above.',
  notNow: 'This reservation cannot be used now',
  lacks: (amount: string) => `The shop has taken something back: ${amount} missing. The code is here again once you have that.`,
  release: 'Give it back',
  /** After the name of a reward. */
  ranOut: 'is not reserved for you any more: the time is over, and the code does not work any more.',
  inShop: 'For the online shop',
  shopCode: 'Type this code in the online shop',
  spend: (cost: string) => `Spend ${cost} for it? A code of the online shop cannot be given back here.`,
  spendForCode: (cost: string) => `Spend ${cost} for it? You get its code, and cannot give that back here.`,
  spendYes: 'Yes, get it',
};
