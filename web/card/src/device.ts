/** An id of this browser, the same for all who sign in here. It proves nothing, and is no secret. */

const KEY = 'punktwerk.device';
let known: string | undefined;

export function deviceId(): string {
  known ??= stored() ?? crypto.randomUUID();
  try {
    localStorage.setItem(KEY, known);
  } catch {
    // Without storage it is another one at the next visit.
  }
  return known;
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
