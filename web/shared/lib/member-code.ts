/** Reads a member's code as far as that goes without a connection: whether it is whole, and of now. */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTHS: Readonly<Record<string, number>> = { S: 17, R: 26 };
const STEP_S = 30;
/** Where a rotating code says its half minute. */
const STEP_FROM = 11;
const STEP_TO = 17;
/** Clocks of phone and till may be this many half minutes apart. */
const STEPS_OFF_MAX = 1;

export type CodeDoubt = 'damaged' | 'expired';

/** Return what is wrong with a code that is shown at a time; `null` if nothing can be seen. */
export function doubtOf(text: string, now: number): CodeDoubt | null {
  const code = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (code.length !== LENGTHS[code.charAt(0)] || checkOf(code.slice(0, -1)) !== code.slice(-1)) return 'damaged';
  if (code.startsWith('S')) return null;
  const step = Array.from(code.slice(STEP_FROM, STEP_TO)).reduce((sum, each) => sum * 32 + ALPHABET.indexOf(each), 0);
  return Math.abs(Math.floor(now / 1000 / STEP_S) - step) > STEPS_OFF_MAX ? 'expired' : null;
}

/** The check character: a polynomial over GF(32), modulo x^5 + x^2 + 1; empty if a character is none. */
function checkOf(text: string): string {
  let check = 0;
  for (const each of text) {
    const value = ALPHABET.indexOf(each);
    if (value < 0) return '';
    check = (check ^ value) << 1;
    if (check & 32) check ^= 0b100101;
  }
  return ALPHABET.charAt(check);
}
