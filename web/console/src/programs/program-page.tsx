/** `/console/programs/{programId}`: one program. */

import './programs.css';
import { useEffect, useState } from 'preact/hooks';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import type { PageProps } from '../sections.ts';
import { Overview } from './overview.tsx';
import { readProgram, type Program } from './program.ts';
import { p } from './words.ts';

export default function ProgramPage({ id }: PageProps) {
  const [program, setProgram] = useState<Program>();
  const [error, setError] = useState<unknown>();
  const words = p().program;

  function load(): void {
    setError(undefined);
    readProgram(id).then(setProgram, setError);
  }
  useEffect(load, [id]);

  return (
    <>
      <a class="back" href="/console/programs">
        {words.back}
      </a>
      <h1 tabIndex={-1}>{program?.programName ?? p().programs.title}</h1>
      {!program && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={load} />}
      {program && <Overview program={program} onChanged={load} />}
    </>
  );
}
