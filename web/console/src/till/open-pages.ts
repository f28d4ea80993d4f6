/** Which pages of the console are open in this browser: what a page that is gone was sending, another one sends. */

const NAME = 'punktwerk.till.page.';

let own: Promise<string | undefined> | undefined;
const awaited = new Set<string>();

/** Return the name of this page, by a lock that ends with it; `undefined` if the browser gives none. */
export function ownPage(): Promise<string | undefined> {
  own ??= hold().catch(() => undefined);
  return own;
}

function hold(): Promise<string> {
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    const held = (): Promise<never> => {
      resolve(id);
      return new Promise(() => undefined);
    };
    navigator.locks.request(NAME + id, held).catch(reject);
  });
}

/** Return the names of those that are open, this one too; `undefined` if the browser does not tell. */
export async function openPages(): Promise<ReadonlySet<string> | undefined> {
  try {
    const { held = [] } = await navigator.locks.query();
    return new Set(held.flatMap(({ name }) => (name?.startsWith(NAME) ? [name.slice(NAME.length)] : [])));
  } catch {
    return undefined;
  }
}

/** Call it once that page is gone. A page that is loaded again may be there a moment longer than its successor. */
export function onGone(page: string, gone: () => void): void {
  if (awaited.has(page)) return;
  awaited.add(page);
  const request = navigator.locks.request(NAME + page, { mode: 'shared' }, () => undefined);
  void request.then(gone, () => undefined).finally(() => awaited.delete(page));
}
