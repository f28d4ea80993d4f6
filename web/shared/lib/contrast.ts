/** A merchant's colour as a background: the ink that can be read on it. Source: WCAG 2.2, 1.4.3. */

const HEX = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;
const DARK = '#111318';
const LIGHT = '#ffffff';

/** Return whichever of dark and light ink has the higher contrast: at least 4.58 to 1. */
export function inkOn(color: string): string {
  const luminance = luminanceOf(color);
  const onLight = (luminance + 0.05) / (luminanceOf(DARK) + 0.05);
  const onDark = 1.05 / (luminance + 0.05);
  return onLight >= onDark ? DARK : LIGHT;
}

export const isColor = (text: string | null): text is string => text !== null && HEX.test(text);

export function contrastOf(one: string, other: string): number {
  const [high = 0, low = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminanceOf(color: string): number {
  const digits = color.length === 4 ? color.slice(1).replace(/./g, '$&$&') : color.slice(1);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = parseInt(digits.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
