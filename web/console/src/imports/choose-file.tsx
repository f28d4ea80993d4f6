/** Choose a file of members and what is done with it, look into it, and send it. */

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ask, isUnknown } from '../../../shared/api/client.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { sentenceOf } from '../../../shared/ui/status.tsx';
import { store } from '../access.ts';
import { readOwnFields, type OwnField } from '../members/own-fields.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import type { Choices } from './choices.ts';
import { Columns } from './columns.tsx';
import type { Preview } from './csv.ts';
import { bytesOf, faultsIn, lookInto, type Looked } from './file-faults.ts';
import { FirstRows } from './first-rows.tsx';
import { columnsOf, NAMING, namesOf, OPENING, type Column } from './headings.ts';
import { beginImport, forgetImport, noteImport, type KeptImport } from './kept-import.ts';
import { Options } from './options.tsx';
import { base64Of, digestOf } from './sending.ts';

interface Props {
  readonly file: File | undefined;
  readonly onFile: (file: File | undefined) => void;
  readonly choices: Choices;
  readonly onChoices: (choices: Choices) => void;
  /** What was sent before without an answer. */
  readonly open: KeptImport | undefined;
  readonly onStarted: (kept: KeptImport) => void;
}

export function ChooseFile({ file, onFile, choices, onChoices, open, onStarted }: Props) {
  const [preview, setPreview] = useState<Preview>();
  const [problem, setProblem] = useState('');
  const [missing, setMissing] = useState('');
  const { isBusy, error, clear, run } = useAction();
  const read = useRead(readOwnFields, []).value;
  const own = read ?? [];
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const words = t().imports;
  const columns = preview && columnsIn(preview, own);

  useEffect(
    function look() {
      let isOver = false;
      if (file) void lookInto(file).then((found) => isOver || show(found));
      return () => {
        isOver = true;
      };
    },
    [file],
  );

  function choose(chosen: File | undefined): void {
    setPreview(undefined);
    setProblem('');
    setMissing('');
    clear();
    onFile(chosen);
  }

  function show(found: Looked): void {
    if ('preview' in found) setPreview(found.preview);
    else setProblem(found.fault);
  }

  function columnsIn(found: Preview, fields: readonly OwnField[]): readonly Column[] | undefined {
    return found.isCsv ? columnsOf(found.headings, found.rows, choices.fields, fields) : undefined;
  }

  /** A browser says nothing if the same file is chosen again, unless its field was emptied. */
  function askAgain(): void {
    setProblem(words.fileFaults.changed);
    if (input.current) input.current.value = '';
  }

  function change(changed: Choices): void {
    setMissing('');
    onChoices(changed);
  }

  function send(isTrial: boolean): void {
    const chosen = input.current?.files?.[0] ?? file; // Who is fast asks before it is read and shown.
    if (!chosen) {
      setProblem(words.noFile);
      return;
    }
    run(async () => {
      const found = await lookInto(chosen);
      show(found);
      if (!('preview' in found)) return;
      // Without them, columns of the account's own fields would be left out.
      const columns = columnsIn(found.preview, read ?? (await readOwnFields()));
      const lack = columns ? lackOf(columns, choices) : '';
      setMissing(lack);
      if (lack) return;
      const bytes = await bytesOf(chosen);
      if (!bytes) {
        askAgain();
        return;
      }
      const { programId, ifExists, welcomes } = choices;
      const names = columns && { columns: namesOf(columns) };
      const wanted = { ...(programId && { programId }), ifExists, grantsWelcomeBonus: welcomes, ...names };
      const same = JSON.stringify([await digestOf(bytes), wanted, isTrial]);
      const kept = beginImport(same, chosen.name, isTrial, choices);
      const zone = store.value && { timeZone: store.value.timeZone }; // Of times in the file.
      const body = { ...wanted, ...zone, dryRun: isTrial, file: base64Of(bytes) };
      try {
        const { importId } = await ask((api, signal) =>
          api.POST('/importMembers', { body, headers: { 'Idempotency-Key': kept.key }, signal }),
        );
        if (importId !== null) onStarted(noteImport(kept, importId));
      } catch (failure) {
        if (!isUnknown(failure)) forgetImport();
        throw failure;
      }
    });
  }

  const faults = isUnknown(error) ? [words.unknown] : (faultsIn(error) ?? [sentenceOf(error)]);
  return (
    <form class="panel" noValidate onSubmit={(event) => event.preventDefault()}>
      {open && <p role="status">{words.openNote(open.name)}</p>}
      <p class="quiet">{words.note}</p>
      <div class="field">
        <label for={id}>{words.file}</label>
        <input
          ref={input}
          id={id}
          type="file"
          accept=".csv,.txt,.jsonl,.ndjson,text/csv"
          aria-describedby={`${id}-problem`}
          aria-invalid={problem ? true : undefined}
          onChange={(event) => choose(event.currentTarget.files?.[0])}
        />
        <p id={`${id}-problem`} class="problem" role="alert">
          {problem}
        </p>
        {file && !problem && <p class="quiet">{words.chosen(file.name)}</p>}
      </div>
      {preview && columns && (
        <Columns
          columns={columns}
          own={own}
          count={preview.count}
          onChoose={(heading, field) => change({ ...choices, fields: { ...choices.fields, [heading]: field } })}
        />
      )}
      {preview && !columns && <FirstRows preview={preview} />}
      <Options choices={choices} onChoices={change} />
      <div role="alert" class="problem">
        {missing && <p>{missing}</p>}
        {error !== undefined && faults.map((each) => <p key={each}>{each}</p>)}
      </div>
      <div class="row start">
        <button type="button" aria-disabled={isBusy} onClick={() => send(true)}>
          {words.tryFirst}
        </button>
        <button type="button" class="second" aria-disabled={isBusy} onClick={() => send(false)}>
          {words.start}
        </button>
      </div>
      <p class="quiet">{words.tryNote}</p>
      <p role="status">{isBusy && words.sending}</p>
    </form>
  );
}

/** Return what is still to be chosen, before a file can be sent. */
function lackOf(columns: readonly Column[], choices: Choices): string {
  const words = t().imports;
  const fields = columns.map((each) => each.field).filter(Boolean);
  if (new Set(fields).size < fields.length) return words.fieldTwice;
  if (!fields.some((each) => NAMING.includes(each) || each.startsWith('externalIds.'))) return words.needsName;
  const hasBalance = fields.some((each) => OPENING.includes(each)) && !fields.includes('programId');
  return hasBalance && !choices.programId ? words.needsProgram : '';
}
