/** Whom somebody means who types or scans one text: by which way the API finds that person. */

export type Way =
  | { readonly email: string }
  | { readonly phone: string }
  | { readonly memberCode: string }
  | { readonly customerNumber: string };

/** A code of a member is `S` or `R` and more: letters and digits that a scanner types at once. */
const CODE = /^[SR][0-9A-Z]{11,}$/i;
const PHONE = /^(?:\+|0)[0-9 ()/-]{5,}$/;

export function wayOf(text: string): Way | null {
  const typed = text.trim();
  if (typed === '') return null;
  if (typed.includes('@')) return { email: typed };
  if (PHONE.test(typed)) return { phone: typed };
  const code = typed.replace(/[\s-]/g, '');
  return CODE.test(code) ? { memberCode: code } : { customerNumber: typed };
}

/** What a shop prints on its own cards, and nothing else that a camera sees: no links, no texts. */
const NUMBER = /^[0-9A-Z._-]{1,64}$/i;

/** Return whom a code means that a camera has read; `null` if it is no code of a customer. */
export function scannedWay(text: string): Way | null {
  const way = wayOf(text);
  if (!way || 'memberCode' in way) return way;
  return NUMBER.test(text) ? { customerNumber: text } : null;
}
