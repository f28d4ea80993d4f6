/** Amounts as people type them. They become whole minor units, such as cents; nothing is guessed. */

export type Doubt = 'empty' | 'unclear' | 'decimals' | 'tooLarge';
export type Read = { readonly minor: number } | { readonly doubt: Doubt };

/** The most that one amount may be, in major units: what the API takes as a purchase. */
export const MAJOR_MAX = 10_000_000;

/**
 * Read an amount by the separators of a locale. Groups count only with decimals behind them:
 * `1.234,50` is clear in German, and `1.234` could be either.
 */
export function readAmount(text: string, locale: string, digits: number): Read {
  const { decimal, group } = separatorsOf(locale);
  const typed = plain(text);
  if (typed === '') return { doubt: 'empty' };
  const [whole = '', part, more] = typed.split(decimal);
  const isGrouped = group !== '' && whole.includes(group);
  if (more !== undefined || part === '' || (isGrouped && part === undefined)) return { doubt: 'unclear' };
  const [first = '', ...groups] = isGrouped ? whole.split(group) : [whole];
  const isWhole = isGrouped ? /^[0-9]{1,3}$/.test(first) : /^[0-9]+$/.test(first);
  const areGroups = groups.every((each) => /^[0-9]{3}$/.test(each));
  if (!isWhole || !areGroups || !/^[0-9]*$/.test(part ?? '')) return { doubt: 'unclear' };
  if ((part ?? '').length > digits) return { doubt: 'decimals' };
  const minor = Number(first + groups.join('') + (part ?? '').padEnd(digits, '0'));
  if (minor === 0) return { doubt: 'empty' };
  return minor > MAJOR_MAX * 10 ** digits ? { doubt: 'tooLarge' } : { minor };
}

/** Without spaces, which some locales put between groups; the two apostrophes are one. */
const plain = (text: string): string => text.replace(/\s/g, '').replaceAll('’', "'");

function separatorsOf(locale: string): { readonly decimal: string; readonly group: string } {
  const parts = new Intl.NumberFormat(locale).formatToParts(1_234_567.5);
  const find = (type: string): string => plain(parts.find((each) => each.type === type)?.value ?? '');
  return { decimal: find('decimal'), group: find('group') };
}

/** How many decimals a currency has: 2 for EUR, 0 for JPY. */
export function digitsOf(currency: string): number {
  const { maximumFractionDigits } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return maximumFractionDigits ?? 2;
}

/** An amount that can be typed like this, such as `12,50`. */
export function example(locale: string, digits: number): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: digits }).format(digits ? 12.5 : 12);
}
