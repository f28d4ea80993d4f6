/** What systems call a field of the account's own. */

const CHARS_MAX = 40;

/** Return a name of letters and digits for a label, which no other field has: `shoeSize` for `Shoe size`. */
export function nameFor(label: string, taken: readonly string[]): string {
  const words = label
    .replace(/[äÄ]/g, 'ae')
    .replace(/[öÖ]/g, 'oe')
    .replace(/[üÜ]/g, 'ue')
    .replace(/ß/g, 'ss')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  const joined = words
    .map((word, index) => (index === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1))
    .join('')
    .slice(0, CHARS_MAX);
  const name = /^[A-Za-z]/.test(joined) ? joined : `field${joined}`;
  const used = new Set(taken.map((each) => each.toLowerCase()));
  let free = name;
  for (let count = 2; used.has(free.toLowerCase()); count += 1) free = `${name}${count}`;
  return free;
}
