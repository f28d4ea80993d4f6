/** Addresses that come from data. */

/** Return an https address, or nothing. */
export function safeUrl(text: string | null): string | undefined {
  if (text === null) return undefined;
  const url = tryParse(text);
  return url?.protocol === 'https:' ? url.href : undefined;
}

/** Return a place of our own to go back to; `first` for anything else. */
export function ownPath(text: string | null, first: string): string {
  const url = text?.startsWith('/') ? tryParse(text, location.origin) : null;
  // A path that begins with two slashes would name another host.
  const isOurs = url?.origin === location.origin && !url.pathname.startsWith('//');
  return isOurs ? url.pathname + url.search + url.hash : first;
}

function tryParse(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}
