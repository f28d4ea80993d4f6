/** `/console/start`: what needs attention, and how the programs of this store are doing. */

import { useState } from 'preact/hooks';
import { may, store } from '../access.ts';
import type { Program } from '../store.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { Attention } from './attention.tsx';
import { Course } from './course.tsx';
import { Empty } from './empty.tsx';
import { Today, Total } from './figures.tsx';
import { readReport } from './reports.ts';
import './start.css';

export default function Start() {
  const programs = store.value?.programs ?? [];
  const [chosen, setChosen] = useState(programs[0]?.programId);
  const program = programs.find((each) => each.programId === chosen) ?? programs[0];
  return (
    <>
      <h1 tabIndex={-1}>{t().shell.sections.start}</h1>
      {program ? (
        <>
          <Attention />
          {programs.length > 1 && <Choice programs={programs} chosen={program.programId} onChoose={setChosen} />}
          {may('getLoyaltyReport') && <Reported program={program} key={`report ${program.programId}`} />}
          {!may('getLoyaltyReport') && <Total program={program} key={`total ${program.programId}`} />}
        </>
      ) : (
        <Empty />
      )}
    </>
  );
}

/** What the package GROW and above has: also days, and how the program went. */
function Reported({ program }: { readonly program: Program }) {
  const days = useRead(() => readReport(program.programId, 'day'), []);
  return (
    <>
      <Today program={program} days={days} />
      <Total program={program} />
      <Course program={program} days={days} />
    </>
  );
}

interface ChoiceProps {
  readonly programs: readonly Program[];
  readonly chosen: string;
  readonly onChoose: (programId: string) => void;
}

function Choice({ programs, chosen, onChoose }: ChoiceProps) {
  return (
    <label>
      {t().start.program}
      <select value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        {programs.map((each) => (
          <option key={each.programId} value={each.programId}>
            {each.programName}
          </option>
        ))}
      </select>
    </label>
  );
}
