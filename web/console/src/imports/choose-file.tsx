/** Choose a file of members and what is done with it, look into it, and send it. */

import { useEffect, useId, useState } from 'preact/hooks';
import { ask, isUnknown } from '../../../shared/api/client.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { sentenceOf } from '../../../shared/ui/status.tsx';
import { store } from '../access.ts';
import { t } from '../words.ts';
import { decode, previewOf, type Preview } from './csv.ts';
import { beginImport, forgetImport, noteImport, type KeptImport } from './kept-import.ts';
import { FirstRows } from './first-rows.tsx';
import { problemsOf } from './problems.ts';

const BYTES_MAX = 10 * 1024 * 1024;
const EXISTING = ['skip', 'update', 'fail'] as const;

interface Props {
  readonly file: File | undefined;
  readonly onFile: (file: File | undefined) => void;
  /** What was sent before without an answer. */
  readonly open: KeptImport | undefined;
  readonly onStarted: (kept: KeptImport) => void;
}

export function ChooseFile({ file, onFile, open, onStarted }: Props) {
  const [preview, setPreview] = useState<Preview>();
  const [problem, setProblem] = useState('');
  const [programId, setProgramId] = useState('');
  const [ifExists, setIfExists] = useState<(typeof EXISTING)[number]>('skip');
  const [welcomes, setWelcomes] = useState(false);
  const { isBusy, error, clear, run } = useAction();
  const id = useId();
  const words = t().imports;

  useEffect(
    function lookInto() {
      let isOver = false;
      setPreview(undefined);
      setProblem('');
      clear();
      if (!file) return undefined;
      if (file.size > BYTES_MAX) setProblem(words.tooLarge);
      else void file.arrayBuffer().then((bytes) => isOver || look(bytes));
      return () => {
        isOver = true;
      };
    },
    [file],
  );

  function look(bytes: ArrayBuffer): void {
    const found = previewOf(decode(bytes));
    if (found.rows.length > 0) setPreview(found);
    else setProblem(words.noRows);
  }

  function send(isTrial: boolean): void {
    setProblem(file ? problem : words.noFile);
    if (!file || !preview) return;
    run(async () => {
      const bytes = await file.arrayBuffer();
      const choices = { ...(programId && { programId }), ifExists, grantsWelcomeBonus: welcomes };
      const same = JSON.stringify([await digestOf(bytes), choices, isTrial]);
      const kept = beginImport(same, file.name, isTrial);
      const zone = store.value && { timeZone: store.value.timeZone }; // Of times in the file.
      const body = { ...choices, ...zone, dryRun: isTrial, file: base64Of(bytes) };
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

  return (
    <form class="panel" noValidate onSubmit={(event) => event.preventDefault()}>
      {open && <p role="status">{words.openNote(open.name)}</p>}
      <p class="quiet">{words.note}</p>
      <div class="field">
        <label for={id}>{words.file}</label>
        <input
          id={id}
          type="file"
          accept=".csv,.txt,.jsonl,.ndjson,text/csv"
          aria-describedby={`${id}-problem`}
          aria-invalid={problem ? true : undefined}
          onChange={(event) => onFile(event.currentTarget.files?.[0])}
        />
        <p id={`${id}-problem`} class="problem" role="alert">
          {problem}
        </p>
        {file && !problem && <p class="quiet">{words.chosen(file.name)}</p>}
      </div>
      {preview && <FirstRows preview={preview} />}
      <div class="field">
        <label for={`${id}-program`}>{words.program}</label>
        <select
          id={`${id}-program`}
          value={programId}
          onChange={(event) => setProgramId(event.currentTarget.value)}
        >
          <option value="">{words.noProgram}</option>
          {store.value?.programs.map((each) => (
            <option key={each.programId} value={each.programId}>
              {each.programName}
            </option>
          ))}
        </select>
      </div>
      <fieldset class="stack">
        <legend>{words.existing}</legend>
        {EXISTING.map((each) => (
          <label key={each}>
            <input type="radio" name={`${id}-exists`} checked={ifExists === each} onChange={() => setIfExists(each)} />
            {words.ifExists[each]}
          </label>
        ))}
      </fieldset>
      {programId && (
        <label class="tick">
          <input type="checkbox" checked={welcomes} onChange={() => setWelcomes(!welcomes)} />
          {words.welcome}
        </label>
      )}
      {error !== undefined && (
        <div role="alert" class="problem">
          {(isUnknown(error) ? [words.unknown] : problemsOf(error) ?? [sentenceOf(error)]).map((each) => (
            <p key={each}>{each}</p>
          ))}
        </div>
      )}
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

async function digestOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (each) => each.toString(16).padStart(2, '0')).join('');
}

/** In parts: a call takes only so many arguments. */
function base64Of(bytes: ArrayBuffer): string {
  const all = new Uint8Array(bytes);
  let text = '';
  for (let at = 0; at < all.length; at += 8192) text += String.fromCharCode(...all.subarray(at, at + 8192));
  return btoa(text);
}
