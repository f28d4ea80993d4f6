/** What else a member can do with a card, as far as its program has it; and the way to its store. */

import type { ProgramCard, StoreProfile } from '../../../shared/card/model.ts';
import { t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  readonly store: StoreProfile | null;
  /** Then a visit and a receipt are refused. */
  readonly isSuspended: boolean;
}

export function WhatToDo({ card, store, isSuspended }: Props) {
  const own = `/c/${encodeURIComponent(card.programId)}`;
  const id = store && encodeURIComponent(store.storeId);
  // The profile names check-ins only where a visit brings something.
  const hasCheckIns = card.earningMethods?.some((each) => each.endsWith('checkin'));
  const mayCollect = !isSuspended;
  const links = [
    mayCollect && hasCheckIns && ([`/check-in?store=${id ?? ''}`, t().checkIn.title] as const),
    mayCollect && card.takesReceipts && ([`${own}/receipt`, t().receipt.title] as const),
    card.referral && ([`${own}/friends`, t().friends.title] as const),
    store && ([`/s/${id ?? ''}`, t().card.store(store.name)] as const),
  ].filter((each) => !!each);
  if (links.length === 0) return null;
  return (
    <nav class="panel links" aria-label={card.programName}>
      {links.map(([link, name]) => (
        <a key={link} href={link}>
          {name}
        </a>
      ))}
    </nav>
  );
}
