/** A film of a code for Chromium's camera, made when it is needed: raw pictures, as YUV4MPEG2 has them. */

import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { encode } from 'uqr';

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES = 2; // Chromium begins it again at its end.
const WHITE = 235;
const DARK = 16;
const NO_COLOUR = 128;

/** Write a film that shows the QR code of a text, in the middle and large enough for a cheap camera. */
export function writeFilm(path, text) {
  const { data, size } = encode(text, { border: 2 });
  const scale = Math.floor((HEIGHT * 0.8) / size);
  const left = Math.floor((WIDTH - size * scale) / 2);
  const top = Math.floor((HEIGHT - size * scale) / 2);
  const light = Buffer.alloc(WIDTH * HEIGHT, WHITE);
  for (let y = 0; y < size * scale; y += 1) {
    for (let x = 0; x < size * scale; x += 1) {
      const isDark = data[Math.floor(y / scale)][Math.floor(x / scale)];
      if (isDark) light[(top + y) * WIDTH + left + x] = DARK;
    }
  }
  const colour = Buffer.alloc((WIDTH * HEIGHT) / 2, NO_COLOUR);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), light, colour]);
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F15:1 Ip A1:1 C420\n`);
  writeFileSync(path, Buffer.concat([head, ...Array.from({ length: FRAMES }, () => frame)]));
}

/** The switches of a browser whose camera shows that film, and that asks nobody whether it may. */
export const cameraOf = (path) => [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  `--use-file-for-fake-video-capture=${path}`,
];
