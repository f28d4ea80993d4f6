/** What a customer at the counter can spend here: what the balance pays, and which rewards they can have. */

import { useEffect, useState } from 'preact/hooks';
import { ask, Problem } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { MAJOR_MAX } from '../../../shared/lib/amount.ts';
import { account, may, store } from '../access.ts';
import type { Program } from '../store.ts';

type Schemas = components['schemas'];
export type Offer = Schemas['ListRewardsResponse']['rewards'][number];

export interface Standing {
  /** What the whole balance would pay of a purchase, in the currency; 0 if it pays nothing. */
  readonly payable: number;
  /** What can be spent; `null` where it pays nothing: then it is not asked for. */
  readonly balance: number | null;
  readonly offers: readonly Offer[];
}

/** Who spends a customer's balance only with the code of the card. */
export const needsCode = (): boolean => account.value?.role === 'cashier';

/**
 * Read it anew whenever `version` changes; what was read before stays until then. `undefined` until it
 * is known, or if it cannot be.
 */
export function useStanding(
  userId: string | undefined,
  program: Program | undefined,
  version: unknown,
): Standing | undefined {
  const [known, setKnown] = useState<{ readonly of: string; readonly standing: Standing }>();
  const of = `${userId ?? ''} ${program?.programId ?? ''}`;
  useEffect(() => {
    let isOver = false;
    if (!userId || !program || !may('redeemLoyaltyPoints', 'quoteLoyaltyPayment', 'listRewards')) return;
    Promise.all([quote(userId, program), offers(userId, program)]).then(
      ([quoted, offered]) => isOver || setKnown({ of, standing: { ...quoted, offers: offered } }),
      () => undefined, // It is only beside: booking does not need it.
    );
    return () => {
      isOver = true;
    };
  }, [of, version]);
  return known?.of === of ? known.standing : undefined;
}

async function quote(userId: string, { programId }: Program): Promise<Omit<Standing, 'offers'>> {
  // Of the largest purchase that there can be, so that the answer is all that the balance pays.
  const body = { programId, userId, amount: MAJOR_MAX };
  try {
    const answer = await ask((api, signal) => api.POST('/quoteLoyaltyPayment', { body, signal }));
    return { payable: answer.amountPaid, balance: answer.availableBalance };
  } catch (error) {
    if (error instanceof Problem && !['offline', 'server'].includes(error.kind)) return { payable: 0, balance: null };
    throw error;
  }
}

/** Those that can be handed out here, the dearest first. */
async function offers(userId: string, { programId }: Program): Promise<readonly Offer[]> {
  const body = { programId, userId };
  const { rewards } = await ask((api, signal) => api.POST('/listRewards', { body, signal }));
  return rewards
    .filter((each) => each.shop === null && isHere(each))
    .sort((one, other) => other.requiredPoints - one.requiredPoints);
}

const isHere = ({ storeIds }: Offer): boolean =>
  storeIds.length === 0 || storeIds.includes(store.value?.storeId ?? '');
