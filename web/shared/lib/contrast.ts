/** A merchant's colour as a background: the ink that can be read on it. Source: WCAG 2.2, 1.4.3. */

const HEX = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;
const DARK = '#111318';
const LIGHT = '#ffffff';
const DARKEST = '#000000';
const CONTRAST_MIN = 4.5;

/** Return the ink with the higher contrast, at least 4.5 to 1: black, where else none has it. */
export function inkOn(color: string): string {
  const ink = contrastOf(color, DARK) >= contrastOf(color, LIGHT) ? DARK : LIGHT;
  return contrastOf(color, ink) >= CONTRAST_MIN ? ink : DARKEST;
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
