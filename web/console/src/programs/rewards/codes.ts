/** Codes of a voucher as lines of a text or file: which can be sent, and which cannot, and why. Pure. */

export type Reason = 'form' | 'ours' | 'duplicate' | 'of_another_reward';

export interface Refused {
  /** From 1, as editors count lines. */
  readonly line: number;
  readonly reason: Reason;
}

export interface Code {
  readonly line: number;
  readonly code: string;
}

/** What the API takes: 4 to 64 signs of ASCII without spaces; those with RW- it makes itself. */
const FORM = /^[!-~]{4,64}$/;
const OURS = /^RW-/i;
/** As many as one call takes. */
export const CALL_MAX = 500;

/** Read lines; empty ones are nothing, and of a CSV the first column counts. */
export function readCodes(text: string): { readonly codes: readonly Code[]; readonly refused: readonly Refused[] } {
  const codes: Code[] = [];
  const refused: Refused[] = [];
  const seen = new Set<string>();
  text.split(/\r\n|\n|\r/).forEach((each, index) => {
    const line = index + 1;
    const code = plain(each);
    if (code === '') return;
    if (!FORM.test(code)) refused.push({ line, reason: 'form' });
    else if (OURS.test(code)) refused.push({ line, reason: 'ours' });
    else if (seen.has(code)) refused.push({ line, reason: 'duplicate' });
    else {
      seen.add(code);
      codes.push({ line, code });
    }
  });
  return { codes, refused };
}

/** Without the mark that some programs begin a file with, and without the quotes and the rest of a CSV's line. */
function plain(line: string): string {
  const first = line.replace(/^\uFEFF/, '').split(/[;,\t]/)[0] ?? '';
  return first.trim().replace(/^"(.*)"$/, '$1');
}

export function inCalls(codes: readonly Code[]): (readonly Code[])[] {
  const calls = Math.ceil(codes.length / CALL_MAX);
  return Array.from({ length: calls }, (_, index) => codes.slice(index * CALL_MAX, (index + 1) * CALL_MAX));
}
