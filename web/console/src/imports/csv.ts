/** A look into a file of rows before it is sent, and files of what became of them. */

export interface Preview {
  /** Empty if the file has nothing. */
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** About how many rows there are: a text in quotes may have several lines. */
  readonly count: number;
  readonly isCsv: boolean;
}

const SEPARATORS = [';', ',', '\t'] as const;
const ROWS_SHOWN = 5;

const UTF16_MARKS: Readonly<Record<string, string>> = { '255,254': 'utf-16le', '254,255': 'utf-16be' };

/** Read text as the API does: as its mark says, as UTF-8, or else as old programs for Windows write it. */
export function decode(bytes: ArrayBuffer): string {
  const marked = UTF16_MARKS[new Uint8Array(bytes.slice(0, 2)).join()];
  if (marked !== undefined) return new TextDecoder(marked).decode(bytes);
  const text = new TextDecoder().decode(bytes);
  const wrong = text.split('\uFFFD').length - 1;
  const letters = text.match(/[^\0-\x7F\uFFFD]/gu)?.length ?? 0;
  // One wrong byte is not to turn all umlauts into others.
  return letters >= wrong ? text : new TextDecoder('windows-1252').decode(bytes);
}

/** Return the headings and the first rows of a CSV, or of a file with a JSON object on each line. */
export function previewOf(text: string): Preview {
  const body = text.replace(/^\uFEFF/, '');
  const count = body.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').length;
  if (body.trimStart().startsWith('{')) return { ...previewOfJson(body), count, isCsv: false };
  // Excel says in a first line by what the cells are separated.
  const mark = /^"?sep=([;,\t|])"?[ ;,]*(?:\r\n|\r|\n|$)/i.exec(body);
  const [headings = [], ...rows] = table(body.slice(mark?.[0].length ?? 0), ROWS_SHOWN + 1, mark?.[1]);
  return { headings, rows, count: Math.max(count - (mark ? 2 : 1), 0), isCsv: true };
}

function previewOfJson(body: string): Pick<Preview, 'headings' | 'rows'> {
  const lines = body.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').slice(0, ROWS_SHOWN);
  const rows = lines.map((line) => flat(parsed(line)));
  const headings = [...new Set(rows.flatMap((each) => Object.keys(each)))];
  return { headings, rows: rows.map((row) => headings.map((name) => row[name] ?? '')) };
}

/** A line that is no object is shown as it is: the API will say what is wrong with it. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return { '?': line };
  }
}

function flat(value: unknown, before = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, each] of Object.entries(value ?? {})) {
    if (each !== null && typeof each === 'object' && !Array.isArray(each)) {
      Object.assign(found, flat(each, `${before}${name}.`));
    } else {
      found[before + name] = typeof each === 'string' ? each : JSON.stringify(each);
    }
  }
  return found;
}

/** Return the first rows of a CSV; quotes may hold separators, line ends and doubled quotes. */
function table(text: string, most: number, told?: string): string[][] {
  const first = text.slice(0, text.search(/[\r\n]|$/));
  const counts = SEPARATORS.map((each) => first.split(each).length);
  const separator = told ?? SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ';';
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length && rows.length < most; at += 1) {
    const char = text.charAt(at);
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += char;
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell === '') isQuoted = true;
    else if (char === separator) {
      row.push(cell);
      cell = '';
    } else if (char === '\n' || char === '\r') {
      endRow();
    } else cell += char;
  }
  if (rows.length < most) endRow();
  return rows;

  function endRow(): void {
    if (row.length > 0 || cell.trim() !== '') rows.push([...row, cell].map((each) => each.trim()));
    row = [];
    cell = '';
  }
}

/** Return a CSV that spreadsheets of all languages open: semicolons, and a mark of UTF-8. */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(cellOf).join(';')).join('\r\n')}\r\n`;
}

/** A text that begins like a formula would be carried out by a spreadsheet. */
function cellOf(value: string | number): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
