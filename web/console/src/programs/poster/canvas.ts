/** The browser's part of the poster: how wide a text is, its dots, and a picture to look at before. */

import { runsOf, type Line, type Sheet } from './drawing.ts';
import type { Measure } from './layout.ts';
import type { Dots } from './pdf.ts';

const FONT = 'system-ui, sans-serif';
const fontOf = (size: number, isBold: boolean): string => `${isBold ? 700 : 400} ${size}px ${FONT}`;

/** What printers print: more cannot be seen. */
const DOTS_PER_POINT = 600 / 72;
/** Half of the ink of a dot. */
const DARK = 128;

function contextOf(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('the browser draws nothing');
  return context;
}

export function measurer(): Measure {
  const context = contextOf(1, 1);
  return (text, size, isBold) => {
    context.font = fontOf(size, isBold);
    return context.measureText(text).width;
  };
}

export function dotsOf({ text, size, isBold }: Line): Dots {
  const scale = DOTS_PER_POINT;
  const font = fontOf(size * scale, isBold);
  const probe = contextOf(1, 1);
  probe.font = font;
  const wide = probe.measureText(text);
  // Letters may reach over their own width, and above and below that of the font.
  const columns = Math.ceil(wide.width + size * scale);
  const above = Math.ceil(Math.max(wide.actualBoundingBoxAscent, 1)) + 2;
  const rows = above + Math.ceil(Math.max(wide.actualBoundingBoxDescent, 0)) + 2;
  const context = contextOf(columns, rows);
  context.font = font;
  context.textAlign = 'center';
  context.fillText(text, columns / 2, above);
  const { data } = context.getImageData(0, 0, columns, rows);
  return {
    columns,
    rows,
    bits: bitsOf(data, columns, rows),
    left: -columns / scale / 2,
    below: (rows - above) / scale,
    width: columns / scale,
    height: rows / scale,
  };
}

function bitsOf(data: Uint8ClampedArray, columns: number, rows: number): Uint8Array<ArrayBuffer> {
  const stride = Math.ceil(columns / 8);
  const bits = new Uint8Array(stride * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if ((data[(row * columns + column) * 4 + 3] ?? 0) < DARK) continue;
      const at = row * stride + (column >> 3);
      bits[at] = (bits[at] ?? 0) | (0x80 >> (column & 7));
    }
  }
  return bits;
}

/** Draw a sheet on a canvas, to be looked at. */
export function drawSheet(canvas: HTMLCanvasElement, sheet: Sheet): void {
  const scale = canvas.width / sheet.width;
  canvas.height = Math.round(sheet.height * scale);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.textAlign = 'center';
  for (const shape of sheet.shapes) {
    if (shape.kind === 'box') {
      context.fillStyle = shape.color;
      context.fillRect(shape.x, shape.y, shape.width, shape.height);
    } else if (shape.kind === 'line') {
      context.fillStyle = shape.color;
      context.font = fontOf(shape.size, shape.isBold);
      context.fillText(shape.text, shape.x, shape.y);
    } else {
      const module = shape.size / shape.rows.length;
      context.fillStyle = '#000';
      for (const [column, row, length] of runsOf(shape.rows)) {
        context.fillRect(shape.x + column * module, shape.y + row * module, length * module, module);
      }
    }
  }
}
