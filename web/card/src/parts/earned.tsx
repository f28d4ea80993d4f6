/** What a visit or a receipt has earned in each program, or why it has earned nothing. */

import { useEffect, useState } from 'preact/hooks';
import { amountOf, exactAmountOf } from '../../../shared/card/amounts.ts';
import type { ProgramCard, StoreProfile } from '../../../shared/card/model.ts';
import { standingOf } from '../../../shared/card/standing.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { readCards, type MyCard } from '../data.ts';
import { timeNow } from '../use-now.ts';
import { dayIn, t } from '../words.ts';

export interface Earned {
  readonly programId: string;
  readonly points: number;
  readonly reason: string | null;
  /** From when on it can be spent, if not at once. */
  readonly pendingUntil?: string | null;
}

interface Props {
  readonly earned: readonly Earned[];
  readonly store: StoreProfile;
  /** It was booked before, and is only told once more. */
  readonly isEarlier?: boolean;
}

export function EarnedList({ earned, store, isEarlier = false }: Props) {
  const words = t().earned;
  const mine = useCards();
  if (earned.length === 0) return <p>{words.nowhere}</p>;
  return (
    <ul class="plain-list entries">
      {earned.map((each) => (
        <li key={each.programId}>
          <EarnedIn earned={each} store={store} isEarlier={isEarlier} mine={mine.find(({ membership }) => membership.programId === each.programId)} />
        </li>
      ))}
    </ul>
  );
}

/** The cards as they are since: what is free now, the card itself decides. Without a connection it is not said. */
function useCards(): readonly MyCard[] {
  const [cards, setCards] = useState<readonly MyCard[]>([]);
  useEffect(() => {
    readCards(ownId()).then(
      (kept) => setCards(kept.value),
      () => undefined,
    );
  }, []);
  return cards;
}

interface EarnedProps {
  readonly earned: Earned;
  readonly store: StoreProfile;
  readonly isEarlier: boolean;
  readonly mine: MyCard | undefined;
}

function EarnedIn({ earned, store, isEarlier, mine }: EarnedProps) {
  const words = t().earned;
  const card = store.cards?.[earned.programId];
  if (!card) return null; // It was closed a moment ago.
  return (
    <a class="earned" href={`/c/${encodeURIComponent(card.programId)}`}>
      <strong>{card.programName}</strong>
      {earned.reason === null ? (
        <>
          {isEarlier ? (
            <span>{words.brought(exactAmountOf(earned.points, card))}</span>
          ) : (
            <span class="plus">+{exactAmountOf(earned.points, card)}</span>
          )}
          <span class="quiet">
            {earned.pendingUntil ? words.pending(dayIn(earned.pendingUntil, store.timeZone)) : mine && words.balance(freeOf(mine, card))}
          </span>
        </>
      ) : (
        <span class="quiet reason">{words.reasons[earned.reason] ?? words.nothing}</span>
      )}
    </a>
  );
}

function freeOf({ membership }: MyCard, card: ProgramCard): string {
  return amountOf(standingOf(membership, new Date(timeNow())).free, card, membership.scale);
}
