/** Whether a correction is mistyped: the page asks once before it books what is far above what the card has. Pure. */

/** Less is never asked for: in major units, in points, and in stamps. */
const ASKED_FROM = { money: 100, points: 1_000, stamps: 20 } as const;
/** The same where the currency has no decimals: such as 10,000 yen. */
const ASKED_FROM_WHOLE = 10_000;
/** So many times what is on the card; who types no comma books a hundred times as much. */
const TIMES = 5;

interface Correction {
  /** How much, without its sign. */
  readonly size: number;
  readonly balance: number;
  readonly unit: keyof typeof ASKED_FROM;
  /** The decimals of the currency. */
  readonly digits: number;
}

export function isUnusualCorrection({ size, balance, unit, digits }: Correction): boolean {
  const from = unit === 'money' && digits === 0 ? ASKED_FROM_WHOLE : ASKED_FROM[unit];
  return size >= from && size >= TIMES * balance;
}
