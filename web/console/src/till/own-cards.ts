/** Of which programs a customer has a card, as far as the person at the till may know. */

import { useEffect, useState } from 'preact/hooks';
import { ask, Problem } from '../../../shared/api/client.ts';
import { MAJOR_MAX } from '../../../shared/lib/amount.ts';
import { may } from '../access.ts';
import type { Program } from '../store.ts';

/** By program; what is not known is not in it. */
export type Cards = ReadonlyMap<string, boolean>;

const NOBODY = 'MEMBERSHIP_NOT_FOUND';
const NOTHING_KNOWN: Cards = new Map();
/** A cashier has to ask for each program: of more of them it is not worth it. */
const ASKED_MAX = 8;

export function useOwnCards(userId: string | undefined, programs: readonly Program[]): Cards {
  const [known, setKnown] = useState<{ readonly of: string; readonly cards: Cards }>();
  useEffect(() => {
    let isOver = false;
    if (!userId || programs.length < 2) return;
    read(userId, programs).then(
      (cards) => isOver || setKnown({ of: userId, cards }),
      () => undefined, // It is only beside: the booking itself says it, too.
    );
    return () => {
      isOver = true;
    };
  }, [userId, programs.length]);
  return known && known.of === userId ? known.cards : NOTHING_KNOWN;
}

async function read(userId: string, programs: readonly Program[]): Promise<Cards> {
  if (may('getMember')) {
    const { memberships } = await ask((api, signal) => api.POST('/getMember', { body: { userId }, signal }));
    const own = new Set(memberships.filter((each) => each.status !== 'left').map((each) => each.programId));
    return new Map(programs.map(({ programId }) => [programId, own.has(programId)]));
  }
  if (programs.length > ASKED_MAX || !may('listRewards', 'quoteLoyaltyPayment')) return NOTHING_KNOWN;
  const asked = await Promise.all(
    programs.map(async (each) => [each.programId, await hasCard(userId, each).catch(() => undefined)] as const),
  );
  return new Map(asked.flatMap(([id, has]) => (has === undefined ? [] : [[id, has] as const])));
}

/** Rewards are offered to members alone; where there are none, what the balance would pay tells it. */
async function hasCard(userId: string, { programId, rewards = [] }: Program): Promise<boolean | undefined> {
  if (rewards.length > 0) {
    const body = { programId, userId };
    const { rewards: offers } = await ask((api, signal) => api.POST('/listRewards', { body, signal }));
    return offers[0] && !offers[0].forMember?.reasons.includes(NOBODY);
  }
  const body = { programId, userId, amount: MAJOR_MAX };
  return ask((api, signal) => api.POST('/quoteLoyaltyPayment', { body, signal })).then(
    () => true,
    (error: unknown) => (error instanceof Problem && error.code === NOBODY ? false : undefined),
  );
}

/** Return the programs with those first of which the customer has a card. */
export function ownFirst(programs: readonly Program[], cards: Cards): readonly Program[] {
  const rank = ({ programId }: Program): number => (cards.get(programId) === false ? 1 : 0);
  return programs.toSorted((one, other) => rank(one) - rank(other));
}
