/** What of a form is sent: only what differs from what it showed, so that nobody's change of the rest is undone. Pure. */

/** Parts that the API merges are told field by field; each other one that differs as a whole. */
export function changedOf<T extends object>(before: T, after: T, merged: readonly (keyof T)[] = []): Partial<T> {
  const changed: Partial<T> = {};
  for (const name of Object.keys(after) as (keyof T)[]) {
    const [was, is] = [before[name], after[name]];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    changed[name] = merged.includes(name) && isPart(was) && isPart(is) ? (changedOf<object>(was, is) as T[keyof T]) : is;
  }
  return changed;
}

export const isEmpty = (changes: object): boolean => Object.keys(changes).length === 0;

const isPart = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
