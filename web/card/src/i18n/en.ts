/** The card's words. German has exactly this shape, or the build fails. */

import { common } from '../../../shared/i18n/en.ts';

export const en = {
  ...common,
  cards: {
    title: 'My cards',
    none: 'You have no card yet. Open the link or scan the poster of a shop to get one.',
    signIn: 'Sign in to see your cards.',
  },
  store: {
    notFound: 'There is no such shop.',
    noPrograms: 'This shop has no open program at the moment.',
    join: 'Get this card',
    joinNote: (store: string) =>
      `With a card ${store} stores what you buy there and the points you collect. You can leave, get or erase your data at any time.`,
    open: 'Open my card',
    welcome: (amount: string) => `${amount} to begin with`,
  },
  card: {
    balance: 'Balance',
    pending: (amount: string) => `${amount} more soon`,
    expires: (amount: string, day: string) => `${amount} expire on ${day}`,
    suspended: 'This card is suspended. Ask the shop.',
    left: 'You have left this program.',
    from: 'From',
    booked: (amount: string, balance: string) => `${amount} booked. Now ${balance}.`,
    notFound: 'You do not have this card.',
  },
  code: {
    title: 'Show this at the till',
    text: 'Code',
    failed: 'The code could not be loaded.',
  },
  rewards: {
    title: 'Rewards',
    none: 'There are no rewards yet.',
    get: 'Get it',
    missing: (amount: string) => `${amount} missing`,
    needsTier: (tier: string) => `for ${tier}`,
    hold: 'Show this code at the till',
    until: (time: string) => `Reserved until ${time}. If nobody uses the code by then, you have the points again.`,
    release: 'Give it back',
    inShop: 'For the online shop',
    shopCode: 'Type this code in the online shop',
    spend: (cost: string) => `Spend ${cost} for it? A code of the online shop cannot be given back here.`,
    spendYes: 'Yes, get it',
  },
  codes: {
    title: 'My codes',
    soon: 'It works there within a minute, once, for you alone.',
    failed: 'The online shop has not taken this code. Ask the shop.',
    over: 'This code does not work any more.',
  },
  campaigns: { title: 'At the moment' },
  history: {
    title: 'History',
    none: 'Nothing yet.',
    more: 'Earlier',
    /** What an entry is whose till said nothing of it, by its kind. */
    kinds: {
      earn: 'Earned',
      redeem: 'Redeemed',
      adjust: 'Corrected by the shop',
      reverse: 'Taken back',
      expire: 'Expired',
      pending: 'Earned, not to be spent yet',
      merge: 'From another card',
      tier: 'New level',
      extend: 'Valid for longer',
    } as Readonly<Record<string, string>>,
  },
  me: {
    title: 'My data',
    leave: 'Leave this program',
    leaveSure: 'Leave? Your points are lost.',
    export: 'Get my data',
    erase: 'Erase my data',
    eraseSure: 'Erase all that this shop and its owner have stored of you? Points and codes are lost. This cannot be undone.',
    yesErase: 'Yes, erase',
    erased: 'Your data was erased, or will be within minutes.',
    signOut: 'Sign out',
    yes: 'Yes, leave',
    no: 'No',
  },
  problem: {
    ...common.problem,
    codes: {
      INSUFFICIENT_BALANCE: 'You do not have enough for that yet.',
      REWARD_OUT_OF_STOCK: 'It is sold out.',
      TIER_REQUIRED: 'Your level does not have that yet.',
      PROGRAM_INACTIVE: 'The program is closed.',
      SIGN_IN_NOT_VERIFIED: 'Confirm your e-mail address first: sign in by a mailed link.',
      SHOP_CUSTOMER_REQUIRED: 'Link your account in the online shop first: ask the shop.',
      MEMBER_SUSPENDED: 'Your card is suspended. Ask the shop.',
    } as Readonly<Record<string, string>>,
  },
  back: 'My cards',
};

export type Words = typeof en;
