/** The program that a purchase is booked for: the person's choice, else the usual one of those of the customer. */

import { useState } from 'preact/hooks';
import type { Program } from '../store.ts';
import { rememberedProgram } from './choose-program.tsx';
import { ownFirst, useOwnCards, type Cards } from './own-cards.ts';

interface Choice {
  readonly cards: Cards;
  readonly choices: readonly Program[];
  readonly program: Program | undefined;
  /** Once something was chosen or typed, what is learned of the cards changes it no more. */
  readonly choose: (programId: string | undefined) => void;
}

/** `booked` are those for which the purchase is booked already. */
export function useChosenProgram(
  userId: string | undefined,
  programs: readonly Program[],
  booked: readonly string[],
): Choice {
  const [programId, choose] = useState<string>();
  const cards = useOwnCards(userId, programs);
  const choices = ownFirst(programs.filter((each) => !booked.includes(each.programId)), cards);
  const remembered = choices.find((each) => each.programId === rememberedProgram());
  const usual = remembered && cards.get(remembered.programId) !== false ? remembered : choices[0];
  return { cards, choices, program: choices.find((each) => each.programId === programId) ?? usual, choose };
}
