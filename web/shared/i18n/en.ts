/** The words that both apps need. German has exactly this shape, or the build fails. */

export const common = {
  signIn: {
    title: 'Sign in',
    email: 'E-mail address',
    mail: 'Mail me a link',
    mailed: (email: string) => `We have mailed a link to ${email}. Open it in this browser.`,
    mailedAgain: (email: string) => `We have mailed a link to ${email} once more. Open the newest one in this browser.`,
    mailAgain: 'Mail it again',
    otherAddress: 'Another address',
    password: 'Password',
    forgotten: 'Forgotten your password? The link that we mail signs you in without one.',
    byPassword: 'Sign in with a password',
    withPassword: 'I have a password',
    confirm: 'To which address did you get the link?',
    go: 'Go on',
    badLink: 'This link is not valid any more. Ask for a new one.',
    otherThanMailed: 'The link was not mailed to this address. Type the one to which you got it.',
    newLink: 'Mail me a new link',
    wrong: 'The address or the password is wrong.',
    invalidEmail: 'Type an e-mail address such as anna@example.com.',
  },
  units: {
    points: { one: 'point', other: 'points' },
    stamps: { one: 'stamp', other: 'stamps' },
  },
  rule: {
    stamps: (needed: number) => `${needed} stamps fill the card`,
    points: (points: string, money: string) => `${points} for each ${money}`,
    cashback: (percent: string) => `${percent} back on each purchase`,
    minimum: (money: string) => `from ${money} on`,
    /** What stamps that fill a card buy. */
    full: (rewards: string) => `For a full card: ${rewards}`,
    reward: (reward: string, amount: string) => `${reward} for ${amount}`,
  },
  /** Texts of entries that the API makes by itself. */
  entryTexts: {
    opening: 'Opening balance',
    welcome: 'Welcome bonus',
    referral: 'A friend has joined',
    /** Of who has joined by that. */
    invited: 'Joined by invitation',
    birthday: 'Birthday',
    checkIn: 'Check-in',
    receipt: 'Receipt',
    receiptNumber: (number: string) => `Receipt ${number}`,
    goodsBack: (receipt: string) => `Goods came back: ${receipt}`,
    cancelled: 'Cancelled',
    merged: 'From another card',
    returned: 'The purchase came back',
    sync: 'From another system',
    appLogin: 'Signed in to the app',
    newsletter: 'Newsletter',
    review: 'Review',
  },
  /** What the face of a card says. */
  face: {
    stampsOf: (have: number, needed: number) => `${have} of ${needed} stamps`,
    /** Beside a card that is full. */
    moreStamps: (amount: string) => `and ${amount} for the next card`,
    reserved: (amount: string) => `Reserved: ${amount}`,
    owed: (amount: string) =>
      `Something came back after you had spent ${amount} of it. What you collect next makes up for that first.`,
    tier: 'Level',
    toTier: (missing: string, tier: string) => `${missing} to ${tier}`,
    top: 'the highest level',
    enough: (reward: string) => `Enough for: ${reward}`,
    toReward: (missing: string, reward: string) => `${missing} more for: ${reward}`,
    /** The program, so nobody collects any more. */
    ended: 'Ended',
  },
  problem: {
    offline: 'There is no connection. Nothing was changed.',
    unauthorized: 'Please sign in again.',
    forbidden: 'That is not possible here.',
    notFound: 'That is not there any more.',
    conflict: 'That has changed meanwhile. Please look again.',
    invalid: 'That is not possible.',
    rateLimited: 'That was too often. Wait a moment.',
    server: 'Something went wrong with us. Try again.',
  },
  scan: {
    title: 'Camera',
    picture: 'What the camera sees',
    starting: 'The camera is being opened …',
    looking: 'Hold the code into the frame.',
    denied: 'The browser does not allow the camera. Allow it in its settings, or type the code.',
    none: 'There is no camera here. Type the code.',
    busy: 'The camera cannot be opened. Close other apps that use it, or type the code.',
    close: 'Close the camera',
  },
  retry: 'Try again',
  no: 'No',
  loading: 'Loading',
  skip: 'To the content',
};

/** What each app adds to: `codes` are its sentences for refusals, by code. */
export type Common = typeof common & {
  readonly problem: { readonly codes: Readonly<Record<string, string>> };
};
