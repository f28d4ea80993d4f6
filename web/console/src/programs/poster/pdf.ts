/**
 * A PDF of one page. Boxes and QR codes are drawn as lines; texts come as pictures of one bit a
 * dot, so that each script is printed that the browser can show, without a font in the file.
 * Source: ISO 32000-1; 7.5 is how a file is built, 8.9.6.2 are stencil masks.
 */

import { runsOf, type Box, type Code, type Line, type Sheet } from './drawing.ts';

/** A text as dots, row by row, each row begins with a new byte; set bits are ink. */
export interface Dots {
  readonly columns: number;
  readonly rows: number;
  readonly bits: Uint8Array<ArrayBuffer>;
  /** Where the picture is on the page: its left edge and its bottom from the base line, in points. */
  readonly left: number;
  readonly below: number;
  readonly width: number;
  readonly height: number;
}

const FIRST_PICTURE = 6;

export async function pdfOf(sheet: Sheet, dotsOf: (line: Line) => Dots): Promise<Blob> {
  const pictures: Dots[] = [];
  const drawn = sheet.shapes.map((shape) => {
    if (shape.kind === 'box') return box(shape, sheet);
    if (shape.kind === 'code') return code(shape, sheet);
    pictures.push(dotsOf(shape));
    return line(shape, pictures.length - 1, pictures.at(-1) as Dots, sheet);
  });
  const names = pictures.map((_, index) => `/P${index} ${FIRST_PICTURE + index} 0 R`).join(' ');
  const size = `[0 0 ${number(sheet.width)} ${number(sheet.height)}]`;
  return fileOf([
    dictionary(`/Type /Catalog /Pages 2 0 R /Lang ${text(sheet.language)} /ViewerPreferences << /DisplayDocTitle true >>`),
    dictionary('/Type /Pages /Kids [3 0 R] /Count 1'),
    dictionary(`/Type /Page /Parent 2 0 R /MediaBox ${size} /Contents 4 0 R /Resources << /XObject << ${names} >> >>`),
    await stream('', new TextEncoder().encode(drawn.join('\n'))),
    dictionary(`/Title ${text(sheet.title)} /Producer ${text('Punktwerk')}`),
    ...(await Promise.all(pictures.map(picture))),
  ]);
}

type Part = Uint8Array<ArrayBuffer>;

const bytes = (ascii: string): Part => new TextEncoder().encode(ascii);
const dictionary = (content: string): Part[] => [bytes(`<< ${content} >>`)];

function fileOf(objects: readonly Part[][]): Blob {
  const parts = [bytes('%PDF-1.7\n'), new Uint8Array([0x25, 0xe2, 0xe3, 0xcf, 0xd3, 0x0a])];
  let length = parts.reduce((sum, each) => sum + each.length, 0);
  const offsets = objects.map((object, index) => {
    const at = length;
    const whole = [bytes(`${index + 1} 0 obj\n`), ...object, bytes('\nendobj\n')];
    parts.push(...whole);
    length += whole.reduce((sum, each) => sum + each.length, 0);
    return at;
  });
  const entries = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const count = objects.length + 1;
  parts.push(
    bytes(
      `xref\n0 ${count}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${count} /Root 1 0 R /Info 5 0 R >>\n` +
        `startxref\n${length}\n%%EOF\n`,
    ),
  );
  return new Blob(parts, { type: 'application/pdf' });
}

async function stream(content: string, data: Part): Promise<Part[]> {
  const packed = new Blob([data]).stream().pipeThrough(new CompressionStream('deflate'));
  const body = new Uint8Array(await new Response(packed).arrayBuffer());
  const head = `<< ${content} /Filter /FlateDecode /Length ${body.length} >>\nstream\n`;
  return [bytes(head), body, bytes('\nendstream')];
}

const picture = ({ columns, rows, bits }: Dots): Promise<Part[]> =>
  stream(
    `/Type /XObject /Subtype /Image /ImageMask true /BitsPerComponent 1 /Decode [1 0] /Width ${columns} /Height ${rows}`,
    bits,
  );

function box({ x, y, width, height, color }: Box, sheet: Sheet): string {
  const sides = [x, sheet.height - y - height, width, height].map(number).join(' ');
  return `${fill(color)} ${sides} re f`;
}

function code({ x, y, size, rows }: Code, sheet: Sheet): string {
  const module = size / rows.length;
  const squares = runsOf(rows).map(([column, row, length]) => {
    const bottom = sheet.height - y - (row + 1) * module;
    return [x + column * module, bottom, length * module, module].map(number).join(' ') + ' re';
  });
  return `${fill('#000000')} ${squares.join('\n')} f`;
}

/** What the picture says stands beside it, for who copies, searches or listens. */
function line({ x, y, color, text: said }: Line, index: number, dots: Dots, sheet: Sheet): string {
  const place = [dots.width, 0, 0, dots.height, x + dots.left, sheet.height - y - dots.below].map(number).join(' ');
  return `/Span << /ActualText ${text(said)} >> BDC q ${fill(color)} ${place} cm /P${index} Do Q EMC`;
}

function fill(color: string): string {
  const parts = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  return `${parts.map(number).join(' ')} rg`;
}

const number = (value: number): string => String(Math.round(value * 1000) / 1000);

/** A text of any script: UTF-16 with its mark, in hex. */
function text(content: string): string {
  const units = Array.from({ length: content.length }, (_, at) => content.charCodeAt(at));
  return `<FEFF${units.map((each) => each.toString(16).padStart(4, '0')).join('')}>`;
}
