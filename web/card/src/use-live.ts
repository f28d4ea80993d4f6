/** Follow a membership while it is shown, and say what arrives. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { isNewer, type Entry, type Membership, type ProgramCard } from '../../shared/card/model.ts';
import { standingOf } from '../../shared/card/standing.ts';
import { keepShown, watchMembership } from './data.ts';
import { changeOf, kindOf } from './entries.ts';
import { timeNow } from './use-now.ts';
import { amount, t } from './words.ts';

interface Notice {
  readonly text: string;
  /** What it says of the balance, in units. */
  readonly free: number;
}

/**
 * Return the newest state, and a notice of what has arrived; empty as long as nothing has. `isRead`:
 * `read` is of now, and not from a visit before, of which the person may have seen more.
 */
export function useLive(read: Membership, isRead: boolean, card: ProgramCard): readonly [Membership, string] {
  const [live, setLive] = useState<Membership>();
  const [notice, setNotice] = useState<Notice>();
  const membership = live && !isNewer(read, live) ? live : read;
  const shown = useRef({ membership, card, isOfNow: false });
  shown.current = { membership, card, isOfNow: isRead || live !== undefined };

  useEffect(() => {
    let end: (() => void) | undefined;
    let isOver = false;
    const show = (next: Membership): void => {
      const { membership: before, card: its, isOfNow } = shown.current;
      const entry = next.recent[0];
      if (entry && isOfNow && isNewer(next, before)) setNotice(noticeOf(entry, next, its));
      setLive(next);
      keepShown(next); // The next visit begins with what was seen last.
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

  const isTrue = notice === undefined || notice.free === freeOf(membership);
  useEffect(() => {
    if (!isTrue) setNotice(undefined); // What it said of the balance is over.
  }, [isTrue]);
  return [membership, isTrue && notice ? notice.text : ''];
}

const freeOf = (membership: Membership): number => standingOf(membership, new Date(timeNow())).free;

function noticeOf(entry: Entry, membership: Membership, card: ProgramCard): Notice {
  const words = t().card;
  const show = (units: number): string => amount(units, card, membership.scale);
  const free = freeOf(membership);
  const balance = show(free);
  if (entry.units > 0) return { text: words.booked(show(entry.units), balance), free };
  if (entry.units < 0) return { text: words.taken(show(-entry.units), balance), free };
  const later = changeOf(entry);
  return { text: later > 0 ? words.pending(show(later)) : kindOf(entry), free };
}
