/** Names of what is kept of one person. Each says whose it is, so that nobody finds it but they. */

const KINDS = ['mine', 'till', 'friends'] as const;
export type Kind = (typeof KINDS)[number];

/** Name what is kept for a person, of a store or a program if there is more than one of it. */
export const ownName = (kind: Kind, uid: string, of?: string): string =>
  of === undefined ? `${kind}.${uid}` : `${kind}.${uid}.${of}`;

/** Tell whether something of these names is of somebody else than the person who is here (`null`: nobody). */
export function areOfOthers(names: readonly string[], uid: string | null): boolean {
  return names.some((name) => KINDS.some((kind) => name.startsWith(`${kind}.`) && !isOwn(name, kind, uid)));
}

function isOwn(name: string, kind: Kind, uid: string | null): boolean {
  if (uid === null) return false;
  const own = ownName(kind, uid);
  return name === own || name.startsWith(`${own}.`);
}
