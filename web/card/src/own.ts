/** What this browser keeps of one person for the next visit. */

import { user } from '../../shared/firebase/session.ts';
import { keep, keptNames, onKeptElsewhere, recall, recallAny, type Kept } from '../../shared/lib/kept.ts';
import { areOfOthers, ownName, type Kind } from './own-names.ts';

export const recallOwn = <T>(kind: Kind, uid: string, of?: string): Kept<T> | undefined =>
  recall(ownName(kind, uid, of));

/** Return what is kept before it is known who is here: there is nothing of more than one person. */
export const recallAnybodys = <T>(kind: Kind): Kept<T> | undefined => recallAny(`${kind}.`);

/** Keep what was read for a person, unless they have left while it was on its way. */
export function keepOwn<T>(value: T, kind: Kind, uid: string, of?: string): Kept<T> {
  return user.value?.uid === uid ? keep(ownName(kind, uid, of), value) : { value, at: Date.now() };
}

/** Call `act` when another tab keeps it anew, or forgets it. */
export const onOwnElsewhere = (act: () => void, kind: Kind, uid: string, of?: string): (() => void) =>
  onKeptElsewhere(ownName(kind, uid, of), act);

/** Tell whether something is kept of somebody else than the person who is here (`null`: nobody). */
export const keepsOfOthers = (uid: string | null): boolean => areOfOthers(keptNames(), uid);
