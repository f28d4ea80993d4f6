/** A program as it is stored, which its members may read after its end, too: as a card. */

import { readDocument, type Data } from '../../shared/firebase/documents.ts';
import type { ProgramCard, Reward } from '../../shared/card/model.ts';

export interface StoredProgram {
  readonly card: ProgramCard;
  readonly isActive: boolean;
}

type StoredReward = Reward & { readonly isActive: boolean; readonly archivedAt: Date | null; readonly shop: unknown };

/** Return a program; `null` if there is none, or the person has no part in it. */
export async function readProgram(programId: string): Promise<StoredProgram | null> {
  const found = await readDocument(`loyaltyPrograms/${encodeURIComponent(programId)}`, true);
  return found && { card: cardOf(found), isActive: found['isActive'] === true };
}

/** What a profile would say of it, without what only a program that runs has. */
function cardOf(found: Data): ProgramCard {
  const rewards = (found['rewards'] as readonly StoredReward[]).filter((each) => each.isActive && each.archivedAt === null);
  return {
    ...(found as unknown as ProgramCard),
    rewards: rewards.map((each) => ({ ...each, isForShop: each.shop !== null })),
    campaigns: [],
    earningMethods: [],
    takesReceipts: false,
    referral: null,
  };
}
