/** What is done with the rows of a file: for which program, and with who is a member already. */

import { useId } from 'preact/hooks';
import { store } from '../access.ts';
import { Select } from '../ui/select.tsx';
import { t } from '../words.ts';
import { EXISTING, type Choices } from './choices.ts';

interface Props {
  readonly choices: Choices;
  readonly onChoices: (choices: Choices) => void;
}

export function Options({ choices, onChoices }: Props) {
  const id = useId();
  const words = t().imports;
  const { programId, ifExists, welcomes } = choices;
  const programs = store.value?.programs ?? [];
  return (
    <>
      <Select
        label={words.program}
        value={programId}
        onInput={(value) => onChoices({ ...choices, programId: value })}
        options={[['', words.noProgram], ...programs.map((each) => [each.programId, each.programName] as const)]}
      />
      <fieldset class="stack">
        <legend>{words.existing}</legend>
        {EXISTING.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name={id}
              checked={ifExists === each}
              onChange={() => onChoices({ ...choices, ifExists: each })}
            />
            {words.ifExists[each]}
          </label>
        ))}
      </fieldset>
      {programId && (
        <label class="tick">
          <input
            type="checkbox"
            checked={welcomes}
            onChange={() => onChoices({ ...choices, welcomes: !welcomes })}
          />
          {words.welcome}
        </label>
      )}
    </>
  );
}
