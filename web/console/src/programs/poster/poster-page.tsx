/** `/console/programs/poster`: a PDF to print, with the code that opens the store's page. */

import '../programs.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../../../../shared/api/client.ts';
import { language } from '../../../../shared/i18n/catalogue.ts';
import { isColor } from '../../../../shared/lib/contrast.ts';
import { useAction } from '../../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../../shared/ui/status.tsx';
import { may, store } from '../../access.ts';
import { COLOR_FIRST } from '../draft.ts';
import { FormField } from '../form/form-field.tsx';
import { CHECKED } from '../form/fields.ts';
import { checksIn } from '../check-ins.ts';
import { partAddress } from '../part-link.tsx';
import type { Program } from '../program.ts';
import { p } from '../words.ts';
import { dotsOf, drawSheet, measurer } from './canvas.ts';
import type { Sheet } from './drawing.ts';
import { layout, type Paper } from './layout.ts';
import { pdfOf } from './pdf.ts';
import { loadSheetWords, ruleLine, type SheetLanguage, type SheetWords } from './sheet-words.ts';

interface Found {
  readonly programs: readonly Program[];
  /** Where a check-in begins. */
  readonly checkIn: string;
}

export default function PosterPage() {
  const storeId = store.value?.storeId ?? '';
  const [found, setFound] = useState<Found>();
  const [error, setError] = useState<unknown>();
  const words = p().poster;

  function load(): void {
    setError(undefined);
    const body = { storeId };
    Promise.all([
      ask((api, signal) => api.POST('/getLoyaltyPrograms', { body, signal })),
      ask((api, signal) => api.POST('/getStoreQrCode', { body: { ...body, format: 'svg' }, signal })),
    ]).then(([{ programs }, { link }]) => {
      setFound({ programs: programs.filter((each) => each.isActive), checkIn: link });
    }, setError);
  }
  useEffect(load, [storeId]);

  return (
    <>
      <a class="back" href="/console/programs">
        {words.back}
      </a>
      <h1 tabIndex={-1}>{words.title}</h1>
      {!found && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={load} />}
      {found?.programs.length === 0 && <p class="panel">{words.none}</p>}
      {found && found.programs.length > 0 && <Maker {...found} />}
    </>
  );
}

function Maker({ programs, checkIn }: Found) {
  const words = p().poster;
  const here = store.value;
  const link = `${location.origin}/s/${encodeURIComponent(here?.storeId ?? '')}`;
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({
    program: programs.at(-1)?.programId ?? '',
    paper: 'a4',
    language,
    checkIn: '',
  });
  const [isMade, setMade] = useState(false);
  const { isBusy, error, run } = useAction();
  const sheetWords = useSheetWords(typed['language'] as SheetLanguage);
  const program = programs.find((each) => each.programId === typed['program']) ?? programs[0];
  const color = program?.branding.color ?? null;
  const sheet = sheetWords ? sheetOf(sheetWords) : null;

  function sheetOf(said: SheetWords): Sheet | null {
    if (!program || !here) return null;
    const { scan, scanNote, checkIn: title, checkInNote: note } = said.sheet;
    return layout(
      {
        paper: typed['paper'] as Paper,
        language: said.language,
        store: here.name,
        program: program.programName,
        about: [ruleLine(program, said), program.description].filter(Boolean),
        color: isColor(color) ? sixDigits(color) : COLOR_FIRST,
        join: { link, title: scan, note: scanNote },
        checkIn: typed['checkIn'] === CHECKED && checksIn(program) ? { link: checkIn, title, note } : null,
      },
      measurer(),
    );
  }

  function make(event: Event): void {
    event.preventDefault();
    run(async () => {
      // The picture may still be in the language before.
      const wanted = sheetOf(await loadSheetWords(typed['language'] as SheetLanguage));
      if (!wanted) return;
      download(await pdfOf(wanted, dotsOf), `poster-${typed['paper'] ?? ''}.pdf`);
      setMade(true);
    });
  }

  const fields = [
    { kind: 'select', name: 'program', label: words.program, options: programs.map((each) => ({ value: each.programId, name: each.programName })) },
    { kind: 'select', name: 'paper', label: words.paper, options: optionsOf(words.papers) },
    { kind: 'select', name: 'language', label: words.language, options: optionsOf(words.languages) },
    ...(program && checksIn(program) ? [{ kind: 'check', name: 'checkIn', label: words.checkIn, hint: words.checkInNote } as const] : []),
  ] as const;
  return (
    <div class="with-preview">
      <form class="panel" noValidate onSubmit={make} aria-busy={isBusy}>
        <p>{words.note}</p>
        {fields.map((field) => (
          <FormField
            field={field}
            value={typed[field.name] ?? ''}
            fault={undefined}
            onInput={(value) => {
              setTyped((before) => ({ ...before, [field.name]: value }));
              setMade(false);
            }}
            key={field.name}
          />
        ))}
        {program && !checksIn(program) && (
          <p class="quiet">
            {words.noCheckIn}{' '}
            {may('updateLoyaltyProgram') && <a href={partAddress(program, 'more', 'visits')}>{words.setCheckIn}</a>}
          </p>
        )}
        <p class="quiet">
          {words.link} <a href={link} target="_blank" rel="noreferrer">
            {link}
          </a>
        </p>
        {error !== undefined && <Failed error={error} />}
        <button type="submit" aria-disabled={isBusy}>
          {words.make}
        </button>
        <p role="status">{isMade ? words.made : ''}</p>
      </form>
      {sheet && <Picture sheet={sheet} />}
    </div>
  );
}

function useSheetWords(wanted: SheetLanguage): SheetWords | undefined {
  const [loaded, setLoaded] = useState<SheetWords>();
  useEffect(() => {
    let isOver = false;
    void loadSheetWords(wanted).then((words) => isOver || setLoaded(words));
    return () => {
      isOver = true;
    };
  }, [wanted]);
  return loaded;
}

const PREVIEW_PIXELS = 600;

function Picture({ sheet }: { readonly sheet: Sheet }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) drawSheet(canvas.current, sheet);
  });
  return (
    <div class="sheet">
      <canvas width={PREVIEW_PIXELS} ref={canvas} role="img" aria-label={p().poster.preview} />
    </div>
  );
}

const optionsOf = (names: Readonly<Record<string, string>>): { value: string; name: string }[] =>
  Object.entries(names).map(([value, name]) => ({ value, name }));

const sixDigits = (color: string): string =>
  color.length === 4 ? `#${color.slice(1).replace(/./g, '$&$&')}` : color;

function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // Some browsers read it only then.
}
