/** Follow a membership while it is shown, and say what arrives. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { isNewer, type Entry, type Membership, type ProgramCard } from '../../shared/card/model.ts';
import { standingOf } from '../../shared/card/standing.ts';
import { watchMembership } from './data.ts';
import { changeOf, kindOf } from './entries.ts';
import { amount, t } from './words.ts';

/** Return the newest state, and a notice of what has arrived; empty as long as nothing has. */
export function useLive(read: Membership, card: ProgramCard): readonly [Membership, string] {
  const [live, setLive] = useState<Membership>();
  const [notice, setNotice] = useState('');
  const shown = useRef(read);
  const membership = live && !isNewer(read, live) ? live : read;
  shown.current = membership;

  useEffect(() => {
    let end: (() => void) | undefined;
    let isOver = false;
    const show = (next: Membership): void => {
      const [entry, before] = [next.recent[0], shown.current];
      if (entry && isNewer(next, before)) setNotice(noticeOf(entry, next, card));
      else if (freeOf(next) !== freeOf(before)) setNotice(''); // What it said of the balance is over.
      setLive(next);
    };
    watchMembership(read.membershipId, show).then(
      (stop) => (isOver ? stop() : (end = stop)),
      () => undefined, // Without the listener the card is that of the last reading.
    );
    return () => {
      isOver = true;
      end?.();
    };
  }, [read.membershipId]);

  return [membership, notice];
}

const freeOf = (membership: Membership): number => standingOf(membership, new Date()).free;

function noticeOf(entry: Entry, membership: Membership, card: ProgramCard): string {
  const words = t().card;
  const show = (units: number): string => amount(units, card, membership.scale);
  const balance = show(freeOf(membership));
  if (entry.units > 0) return words.booked(show(entry.units), balance);
  if (entry.units < 0) return words.taken(show(-entry.units), balance);
  const later = changeOf(entry);
  return later > 0 ? words.pending(show(later)) : kindOf(entry);
}
