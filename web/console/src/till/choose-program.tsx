/** For which program a purchase counts, where a store has several: remembered while the tab is open. */

import type { Program } from '../store.ts';
import { t } from '../words.ts';

interface Props {
  readonly programs: readonly Program[];
  readonly chosen: Program;
  readonly onChoose: (programId: string) => void;
}

const NAME = 'punktwerk.console.program';

export const rememberedProgram = (): string | null => sessionStorage.getItem(NAME);

export function ChooseProgram({ programs, chosen, onChoose }: Props) {
  if (programs.length < 2) return null;

  function choose(programId: string): void {
    sessionStorage.setItem(NAME, programId);
    onChoose(programId);
  }

  return (
    <label>
      {t().till.program}
      <select value={chosen.programId} onChange={(event) => choose(event.currentTarget.value)}>
        {programs.map((each) => (
          <option key={each.programId} value={each.programId}>
            {each.programName}
          </option>
        ))}
      </select>
    </label>
  );
}
