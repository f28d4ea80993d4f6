/** Of which programs a customer has a card, as far as the person at the till may know. */

import { useEffect, useState } from 'preact/hooks';
import { ask, Problem } from '../../../shared/api/client.ts';
import { MAJOR_MAX } from '../../../shared/lib/amount.ts';
import { may } from '../access.ts';
import { isTest } from '../mode.ts';
import type { Program } from '../store.ts';
import type { Cards } from './card-ranks.ts';

/** Which refusals tell whether there is a card. */
const SAYS: Readonly<Record<string, boolean>> = {
  MEMBERSHIP_NOT_FOUND: false,
  MEMBERSHIP_CLOSED: false,
  MEMBER_SUSPENDED: true,
  POINTS_HAVE_NO_VALUE: true,
};
const NOTHING_KNOWN: Cards = new Map();
/** A cashier has to ask for each program: of more of them it is not worth it. */
const ASKED_MAX = 8;

/** Read them anew whenever `version` changes. */
export function useOwnCards(userId: string | undefined, programs: readonly Program[], version: number): Cards {
  const [known, setKnown] = useState<{ readonly of: string; readonly cards: Cards }>();
  useEffect(() => {
    let isOver = false;
    if (!userId || programs.length < 2 || isTest.value) return; // The sandbox makes up whose cards there are.
    read(userId, programs).then(
      (cards) => isOver || setKnown({ of: userId, cards }),
      () => undefined, // It is only beside: the booking itself says it, too.
    );
    return () => {
      isOver = true;
    };
  }, [userId, programs.length, version]);
  return known && known.of === userId ? known.cards : NOTHING_KNOWN;
}

async function read(userId: string, programs: readonly Program[]): Promise<Cards> {
  if (may('getMember')) {
    const { memberships } = await ask((api, signal) => api.POST('/getMember', { body: { userId }, signal }));
    const own = new Set(memberships.filter((each) => each.status !== 'left').map((each) => each.programId));
    return new Map(programs.map(({ programId }) => [programId, own.has(programId)]));
  }
  if (programs.length > ASKED_MAX || !may('quoteLoyaltyPayment')) return NOTHING_KNOWN;
  const asked = await Promise.all(
    programs.map(async (each) => [each.programId, await hasCard(userId, each).catch(() => undefined)] as const),
  );
  return new Map(asked.flatMap(([id, has]) => (has === undefined ? [] : [[id, has] as const])));
}

/** What the balance would pay is told of members alone: of others, and of those who have left, the API says that. */
async function hasCard(userId: string, { programId }: Program): Promise<boolean | undefined> {
  const body = { programId, userId, amount: MAJOR_MAX };
  return ask((api, signal) => api.POST('/quoteLoyaltyPayment', { body, signal })).then(
    () => true,
    (error: unknown) => (error instanceof Problem ? SAYS[error.code] : undefined),
  );
}
