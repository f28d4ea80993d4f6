/** One of the person's own cards, for the pages that are about it: signed in, found, or said why not. */

import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { user } from '../../../shared/firebase/session.ts';
import { here, replace } from '../../../shared/lib/router.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { keptCards, readCards, type MyCard } from '../data.ts';
import { useKept } from '../use-kept.ts';
import { t } from '../words.ts';
import { NotFound } from './not-found.tsx';

interface Props {
  readonly programId: string;
  /** `at`: from when it is, if it could not be read now. */
  readonly show: (mine: MyCard, at: number | undefined) => VNode;
}

export function OwnCard({ programId, show }: Props) {
  const person = user.value;
  useEffect(() => {
    if (person === null) replace(`/sign-in?back=${encodeURIComponent(here())}`);
  }, [person]);
  return person ? <Mine uid={person.uid} programId={programId} show={show} /> : <Loading />;
}

function Mine({ uid, programId, show }: Props & { readonly uid: string }) {
  const { kept, error, isRead, reload } = useKept(uid, () => keptCards(uid), () => readCards(uid));
  const mine = kept?.value.find((each) => each.membership.programId === programId);
  if (mine) return show(mine, error === undefined ? undefined : kept?.at);
  if (error !== undefined) return <Failed error={error} retry={reload} />;
  // What was kept may be from before the person joined.
  return isRead ? <NotFound title={t().card.notFound} /> : <Loading />;
}
