/**
 * Code 128, set B: the bars of a text of ASCII characters, for scanners that read no QR codes.
 * Source: ISO/IEC 15417. Each symbol is three bars and three gaps, the last one four bars.
 */

/** The widths of bars and gaps of each symbol, by its value. */
const SYMBOLS =
  '212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122' +
  '123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323' +
  '131123131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131' +
  '213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124121421141122' +
  '141221112214112412122114122411142112142211241211221114413111241112134111111242121142121241114212124112' +
  '124211411212421112421211212141214121412121111143111341131141114113114311411113411311113141114131311141' +
  '411131211412211214211232';
const STOP = '2331112';
const START_B = 104;
const FIRST = 32;
const LAST = 127;
/** The white on each side that scanners need, in widths of the narrowest bar. */
const QUIET = 10;

export interface Bars {
  /** Of all, with the white on both sides. */
  readonly width: number;
  /** Where each dark bar begins, and how wide it is. */
  readonly bars: readonly (readonly [x: number, width: number])[];
}

/** Return the bars of a text; throws a RangeError if it has other characters than those of ASCII. */
export function encode128(text: string): Bars {
  const values = Array.from(text, valueOf);
  const sum = values.reduce((total, value, index) => total + value * (index + 1), START_B);
  const widths = [START_B, ...values, sum % 103].map((value) => SYMBOLS.slice(value * 6, value * 6 + 6)).join('') + STOP;
  const bars: [number, number][] = [];
  let x = QUIET;
  for (const [index, each] of Array.from(widths).entries()) {
    if (index % 2 === 0) bars.push([x, Number(each)]);
    x += Number(each);
  }
  return { width: x + QUIET, bars };
}

function valueOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < FIRST || code > LAST) throw new RangeError(`Code 128 B has no ${character}`);
  return code - FIRST;
}
