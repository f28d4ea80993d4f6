/** One of the person's own cards, for the pages that are about it: signed in, found, or said why not. */

import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { isConnected } from '../../../shared/api/connection.ts';
import { user } from '../../../shared/firebase/session.ts';
import { here, replace } from '../../../shared/lib/router.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { keptCards, onCardsElsewhere, readCards, seen, type MyCard } from '../data.ts';
import { useKept } from '../use-kept.ts';
import { t } from '../words.ts';
import { Erased, erasedStore } from './erased.tsx';
import { NotFound } from './not-found.tsx';

/** How a card was read. */
export interface Reading {
  /** From when it is, if it could not be read now, or the connection is lost. */
  readonly at: number | undefined;
  /** It is of this visit, and not kept from one before. */
  readonly isRead: boolean;
  readonly reread: () => void;
}

interface Props {
  readonly programId: string;
  readonly show: (mine: MyCard, reading: Reading) => VNode;
}

export function OwnCard({ programId, show }: Props) {
  const person = user.value;
  useEffect(() => {
    if (person === null) replace(`/sign-in?back=${encodeURIComponent(here())}`);
  }, [person]);
  return person ? <Mine key={person.uid} uid={person.uid} programId={programId} show={show} /> : <Loading />;
}

function Mine({ uid, programId, show }: Props & { readonly uid: string }) {
  const { kept, error, isRead, reload } = useKept(uid, () => keptCards(uid), () => readCards(uid));
  const mine = kept?.value.find((each) => each.membership.programId === programId);
  useEffect(() => {
    erasedStore.value = undefined;
  }, [programId]);
  useEffect(() => {
    // Another tab forgets them when the person has had data erased there.
    return onCardsElsewhere(uid, () => {
      if (!keptCards(uid)) reload();
    });
  }, [reload]);
  if (mine && erasedStore.value === mine.membership.storeId) return <Erased mine={mine} />;
  if (mine) {
    const at = error === undefined && isConnected.value ? undefined : knownAt(mine, mine.seenAt ?? kept?.at ?? 0);
    return show(mine, { at, isRead, reread: reload });
  }
  if (error !== undefined) return <Failed error={error} retry={reload} />;
  // What was kept may be from before the person joined.
  return isRead ? <NotFound title={t().card.notFound} /> : <Loading />;
}

/** What was told by watching may be newer than what was read. */
function knownAt({ membership }: MyCard, readAt: number): number {
  return seen.value?.membershipId === membership.membershipId ? Math.max(seen.value.at, readAt) : readAt;
}
