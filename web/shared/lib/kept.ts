/** What this browser keeps of a person's cards for the next visit, with the time it is from. */

export interface Kept<T> {
  readonly value: T;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const PREFIX = 'punktwerk.kept.';

export function recall<T>(name: string): Kept<T> | undefined {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? undefined : (JSON.parse(text) as Kept<T>);
  } catch {
    return undefined; // No storage, or something else wrote there: as if nothing was kept.
  }
}

/** Return something that was kept under a name that begins so, whatever follows. */
export function recallAny<T>(beginning: string): Kept<T> | undefined {
  const found = keptNames().find((each) => each.startsWith(beginning));
  return found === undefined ? undefined : recall(found);
}

export function keep<T>(name: string, value: T, at = Date.now()): Kept<T> {
  const kept = { value, at };
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(kept));
  } catch {
    // A full or forbidden storage only costs the next visit its first picture.
  }
  return kept;
}

/** Return the names under which something is kept. */
export function keptNames(): readonly string[] {
  try {
    const names = Object.keys(localStorage).filter((each) => each.startsWith(PREFIX));
    return names.map((each) => each.slice(PREFIX.length));
  } catch {
    return [];
  }
}

/** Call `act` when another tab keeps something else, until the function that is returned is called. */
export function onKeptElsewhere(name: string, act: () => void): () => void {
  const look = ({ key }: StorageEvent): void => {
    if (key === PREFIX + name) act();
  };
  addEventListener('storage', look);
  return () => removeEventListener('storage', look);
}

/** Forget all that was kept: at the end of a session. */
export function forget(): void {
  for (const name of keptNames()) localStorage.removeItem(PREFIX + name);
}
