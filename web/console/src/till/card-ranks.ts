/** In which order the programs are offered for a customer: by what is known of their cards. */

/** By program; what is not known is not in it. */
export type Cards = ReadonlyMap<string, boolean>;

interface Ranked {
  readonly programId: string;
}

const RANKS: readonly (boolean | undefined)[] = [true, undefined, false];

/** Return the programs with those first of which the customer has a card, and last those of which they have none. */
export function ownFirst<T extends Ranked>(programs: readonly T[], cards: Cards): readonly T[] {
  const rank = ({ programId }: Ranked): number => RANKS.indexOf(cards.get(programId));
  return programs.toSorted((one, other) => rank(one) - rank(other));
}

/** Return the one to begin with: that of the last time, unless more is known of the card of another one. */
export function usualOf<T extends Ranked>(choices: readonly T[], cards: Cards, lastId: string | null): T | undefined {
  const first = choices[0];
  const last = choices.find((each) => each.programId === lastId);
  return last && cards.get(last.programId) === cards.get(first?.programId ?? '') ? last : first;
}
