/** What else a member can do with a card, as far as its program has it. */

import type { ProgramCard } from '../../../shared/card/model.ts';
import { t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  readonly storeId: string;
}

export function WhatToDo({ card, storeId }: Props) {
  const own = `/c/${encodeURIComponent(card.programId)}`;
  const hasCheckIns = card.earningMethods?.some((each) => each.endsWith('checkin'));
  const links = [
    hasCheckIns && ([`/check-in?store=${encodeURIComponent(storeId)}`, t().checkIn.title] as const),
    card.takesReceipts && ([`${own}/receipt`, t().receipt.title] as const),
    card.referral && ([`${own}/friends`, t().friends.title] as const),
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
