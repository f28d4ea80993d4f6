/** A store as its public profile has it: a cashier may not list programs, and needs none but these. */

import { readDocument } from '../../shared/firebase/documents.ts';

export interface Program {
  readonly programId: string;
  readonly programName: string;
  readonly programType: 'stamps' | 'points' | 'cashback' | 'tier';
  readonly currency: string;
  readonly rewards?: readonly Reward[];
  readonly rules?: StoredRules;
  /** Those that have not ended, as far as this page has read them. */
  readonly campaigns?: readonly RunningCampaign[];
  readonly referral?: { readonly minimumPurchase: string } | null;
}

export interface RunningCampaign {
  readonly campaignId: string;
  readonly name: string;
  readonly minimumSpend?: string | null;
  readonly startsAt?: Date | string;
  readonly endsAt?: Date | string | null;
}

/** What a purchase earns, as the profile has it: numbers that may have decimals are exact texts. */
export interface StoredRules {
  readonly requiredStamps?: number;
  readonly stampsPerPurchase?: number;
  readonly pointsPerEuro?: string;
  readonly cashbackPercentage?: string;
  readonly minimumPurchase?: string | null;
  readonly maxCashbackPerTransaction?: string | null;
}

/** What a reward takes off a bill: a percentage or an amount, in exact decimals; neither of goods. */
export interface Reward {
  readonly rewardId: string;
  readonly percentage: string | null;
  readonly amount: string | null;
}

export interface Store {
  readonly storeId: string;
  readonly name: string;
  readonly currency: string;
  readonly timeZone: string;
  /** The open programs, by name. */
  readonly programs: readonly Program[];
}

interface Profile {
  readonly name?: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly cards?: Readonly<Record<string, Program>>;
}

export async function readStore(storeId: string): Promise<Store | null> {
  const found = await readDocument(`storeProfiles/${encodeURIComponent(storeId)}`, false);
  const { name, currency, timeZone, cards } = (found ?? {}) as unknown as Profile;
  if (!name) return null;
  const programs = Object.values(cards ?? {});
  programs.sort((one, other) => one.programName.localeCompare(other.programName));
  return { storeId, name, currency, timeZone, programs };
}
