/** What this browser keeps of its messages: whose it gets, so that nobody gets another person's. */

const TOLD = 'punktwerk.messages';
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

interface Told {
  /** Whose messages arrive here. */
  readonly uid: string;
  /** When the registration was last renewed: milliseconds since 1970. */
  readonly at: number;
  /** The person has signed out, and the registration could not be ended yet. */
  readonly isEnding?: true;
}

/** Tell whether this browser can show messages: on an iPhone, only a card on the home screen can. */
export function canShow(): boolean {
  const knowsPush = 'PushManager' in window && 'Notification' in window;
  return knowsPush && 'serviceWorker' in navigator && hasStorage();
}

function hasStorage(): boolean {
  try {
    localStorage.getItem(TOLD);
    return true;
  } catch {
    return false;
  }
}

function told(): Told | null {
  try {
    return JSON.parse(localStorage.getItem(TOLD) ?? 'null') as Told | null;
  } catch {
    return null; // No storage: then nobody could subscribe either.
  }
}

/** Note that the registration was renewed for a person. */
export function noteTold(uid: string): void {
  localStorage.setItem(TOLD, JSON.stringify({ uid, at: Date.now() } satisfies Told));
}

/** Tell whether the registration is to be renewed, as FCM asks for now and then. */
export function isOld(): boolean {
  return Date.now() - (told()?.at ?? 0) > WEEK_MS;
}

/** Tell whether messages of another person than this one arrive here (`null`: nobody). Theirs end before this one subscribes. */
export function isOfAnother(uid: string | null): boolean {
  const known = told();
  return known !== null && (known.isEnding === true || known.uid !== uid);
}

/** End this browser's messages, if it gets any: who signs out leaves nothing to the next person. */
export async function endMessages(): Promise<void> {
  const known = told();
  if (known === null) return;
  localStorage.setItem(TOLD, JSON.stringify({ ...known, isEnding: true } satisfies Told));
  const { endRegistration } = await import('../../../shared/firebase/push.ts');
  await endRegistration();
  localStorage.removeItem(TOLD);
}

/** End them if that is possible now. Nobody is kept from signing out by a missing connection. */
export async function tryToEndMessages(): Promise<void> {
  await endMessages().catch(() => undefined);
}

/** End what a sign-out without a connection has left. */
export function endLeftMessages(): void {
  if (told()?.isEnding) void tryToEndMessages();
}
