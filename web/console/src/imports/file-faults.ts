/** Why a file cannot be imported, in our words: seen before it is sent, or said by the API. */

import { Problem } from '../../../shared/api/client.ts';
import { number } from '../../../shared/i18n/format.ts';
import type { Words } from '../i18n/en.ts';
import { t } from '../words.ts';
import { decode, previewOf, type Preview } from './csv.ts';

/** What a file has, as far as it is shown, or what is wrong with it. */
export type Looked = { readonly preview: Preview } | { readonly fault: string };

const BYTES_MAX = 10 * 1024 * 1024;
const ROWS_MAX = 100_000;
const MARKS_OF_UTF16: readonly string[] = ['255,254', '254,255'];

const seen = new WeakMap<File, Promise<Looked>>();

/** Look into a file before it is sent, once. */
export function lookInto(file: File): Promise<Looked> {
  const looked = seen.get(file) ?? look(file);
  seen.set(file, looked);
  return looked;
}

async function look(file: File): Promise<Looked> {
  if (file.size > BYTES_MAX) return { fault: t().imports.fileFaults.tooLarge };
  const bytes = await bytesOf(file);
  if (!bytes) return { fault: t().imports.fileFaults.changed };
  const preview = previewOf(decode(bytes));
  const fault = faultOf(new Uint8Array(bytes), preview);
  return fault ? { fault } : { preview };
}

/** Read a file. Browsers do not read one that was saved anew, moved or erased after it was chosen. */
export function bytesOf(file: File): Promise<ArrayBuffer | undefined> {
  return file.arrayBuffer().catch(() => undefined);
}

/** Return what is wrong with a file that has not been sent yet; an empty text if nothing is. */
export function faultOf(bytes: Uint8Array, preview: Preview): string {
  const words = t().imports.fileFaults;
  if (bytes.length === 0) return words.empty;
  if (bytes.includes(0) && !MARKS_OF_UTF16.includes(bytes.slice(0, 2).join())) return words.notText;
  const { headings, rows, isCsv, count } = preview;
  if (isCsv && (headings.every((each) => each === '') || headings.some((each) => each.includes('@')))) {
    return words.noHeadings;
  }
  if (rows.length === 0) return words.noRows;
  // A text in quotes may have several lines, so only twice as many are surely too many.
  return count > 2 * ROWS_MAX ? words.tooMany(number(ROWS_MAX)) : '';
}

type Fault = (words: Words['imports']['fileFaults'], found: readonly string[]) => string;

/** What the API says of a file; `tests/tools/test_import_sentences.py` holds the two together. */
const SENTENCES: readonly (readonly [RegExp, Fault])[] = [
  [/must be text/, (words) => words.notText],
  [/must be at most 10 MiB/, (words) => words.tooLarge],
  [/has no rows/, (words) => words.noRows],
  [/must begin with a row of headings/, (words) => words.noHeadings],
  [/has headings that are no fields: (.+)$/, (words, [, names = '']) => words.unknownHeadings(names)],
  [/has a quote that is never closed, .* line (\d+)/, (words, [, line = '']) => words.openQuote(line)],
  [/has a row of more than .* line (\d+)/, (words, [, line = '']) => words.longRow(line)],
  [/is no CSV in line (\d+)/, (words, [, line = '']) => words.noCsv(line)],
  [/has more than \d+ (?:rows|lines)/, (words) => words.tooMany(number(ROWS_MAX))],
];

/** Return sentences for a refused file, `undefined` if the refusal is no matter of the file. */
export function faultsIn(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Problem) || error.code !== 'INVALID_PARAMETERS') return undefined;
  const fields = (error.details['fields'] ?? {}) as Readonly<Record<string, string>>;
  return Object.values(fields).map(sentenceFor);
}

export function sentenceFor(problem: string): string {
  const words = t().imports.fileFaults;
  for (const [pattern, say] of SENTENCES) {
    const found = pattern.exec(problem);
    if (found) return say(words, found);
  }
  return words.unknown(problem);
}
