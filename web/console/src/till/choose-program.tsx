/** For which program a purchase counts, where a store has several: remembered while the tab is open. */

import type { Program } from '../store.ts';
import { t } from '../words.ts';
import type { Cards } from './card-ranks.ts';

interface Props {
  /** Those first of which the customer has a card, as far as that is known. */
  readonly programs: readonly Program[];
  readonly cards: Cards;
  readonly chosen: Program;
  /** Whether a single one is named as well. */
  readonly isNamed: boolean;
  readonly onChoose: (programId: string) => void;
}

const NAME = 'punktwerk.console.program';

export const rememberedProgram = (): string | null => sessionStorage.getItem(NAME);

export function ChooseProgram({ programs, cards, chosen, isNamed, onChoose }: Props) {
  const words = t().till;
  if (programs.length < 2) return isNamed ? <p>{`${words.program}: ${chosen.programName}`}</p> : null;
  const others = programs.filter((each) => cards.get(each.programId) === false);

  function choose(programId: string): void {
    sessionStorage.setItem(NAME, programId);
    onChoose(programId);
  }

  return (
    <label>
      {words.program}
      <select value={chosen.programId} onChange={(event) => choose(event.currentTarget.value)}>
        {programs.filter((each) => !others.includes(each)).map(option)}
        {others.length > 0 && <optgroup label={words.noCard}>{others.map(option)}</optgroup>}
      </select>
    </label>
  );
}

const option = ({ programId, programName }: Program) => (
  <option key={programId} value={programId}>
    {programName}
  </option>
);
