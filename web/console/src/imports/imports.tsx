/** `/console/imports`: take over members from a file: look, try, import, and see what became of it. */

import { useState } from 'preact/hooks';
import '../members/members.css';
import { t } from '../words.ts';
import { AT_FIRST, type Choices } from './choices.ts';
import { ChooseFile } from './choose-file.tsx';
import { forgetImport, recallImport, type KeptImport } from './kept-import.ts';
import { Progress } from './progress.tsx';

export default function Imports() {
  const [kept, setKept] = useState<KeptImport | undefined>(recallImport);
  const [file, setFile] = useState<File>();
  const [choices, setChoices] = useState<Choices>(kept?.choices ?? AT_FIRST);
  const words = t().imports;

  function again(): void {
    forgetImport();
    setKept(undefined);
    if (kept?.isTrial) return; // Back to the file that was tried, with what was chosen for it.
    setFile(undefined);
    setChoices(AT_FIRST);
  }

  return (
    <>
      <a class="back" href="/console/members">
        {t().member.back}
      </a>
      <h1 tabIndex={-1}>{words.title}</h1>
      {kept?.importId ? (
        <Progress kept={kept} importId={kept.importId} onAgain={again} />
      ) : (
        <ChooseFile
          file={file}
          onFile={setFile}
          choices={choices}
          onChoices={setChoices}
          open={kept}
          onStarted={setKept}
        />
      )}
    </>
  );
}
