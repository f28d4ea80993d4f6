/** What a visit or a receipt has earned in each program, or why it has earned nothing. */

import { exactAmountOf } from '../../../shared/card/amounts.ts';
import type { StoreProfile } from '../../../shared/card/model.ts';
import { day, t } from '../words.ts';

export interface Earned {
  readonly programId: string;
  readonly points: number;
  readonly newBalance: number;
  readonly reason: string | null;
  /** From when on it can be spent, if not at once. */
  readonly pendingUntil?: string | null;
}

interface Props {
  readonly earned: readonly Earned[];
  readonly store: StoreProfile;
}

export function EarnedList({ earned, store }: Props) {
  const words = t().earned;
  if (earned.length === 0) return <p>{words.nowhere}</p>;
  return (
    <ul class="plain-list">
      {earned.map((each) => (
        <li key={each.programId}>
          <EarnedIn earned={each} store={store} />
        </li>
      ))}
    </ul>
  );
}

function EarnedIn({ earned, store }: { readonly earned: Earned; readonly store: StoreProfile }) {
  const words = t().earned;
  const card = store.cards?.[earned.programId];
  if (!card) return null; // It was closed a moment ago.
  const balance = exactAmountOf(earned.newBalance, card);
  return (
    <a class="earned" href={`/c/${encodeURIComponent(card.programId)}`}>
      <strong>{card.programName}</strong>
      {earned.reason === null ? (
        <>
          <span class="plus">+{exactAmountOf(earned.points, card)}</span>
          <span class="quiet">
            {earned.pendingUntil ? words.pending(day(new Date(earned.pendingUntil))) : words.balance(balance)}
          </span>
        </>
      ) : (
        <span class="quiet reason">{words.reasons[earned.reason] ?? words.nothing}</span>
      )}
    </a>
  );
}
