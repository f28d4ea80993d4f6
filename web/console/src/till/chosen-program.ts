/** The program that a purchase is booked for: the person's choice, else the usual one of those of the customer. */

import { useState } from 'preact/hooks';
import type { Program } from '../store.ts';
import { ownFirst, usualOf, type Cards } from './card-ranks.ts';
import { rememberedProgram } from './choose-program.tsx';
import { useOwnCards } from './own-cards.ts';

interface Choice {
  readonly cards: Cards;
  readonly choices: readonly Program[];
  readonly program: Program | undefined;
  /** Once something was chosen or typed, what is learned of the cards changes it no more. */
  readonly choose: (programId: string | undefined) => void;
}

/** `booked` are those for which the purchase is booked already; with `version` the cards may be others. */
export function useChosenProgram(
  userId: string | undefined,
  programs: readonly Program[],
  booked: readonly string[],
  version: number,
): Choice {
  const [programId, choose] = useState<string>();
  const cards = useOwnCards(userId, programs, version);
  const choices = ownFirst(programs.filter((each) => !booked.includes(each.programId)), cards);
  const usual = usualOf(choices, cards, rememberedProgram());
  return { cards, choices, program: choices.find((each) => each.programId === programId) ?? usual, choose };
}
