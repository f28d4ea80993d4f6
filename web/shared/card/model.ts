/** Stores, programs and memberships as Firestore has them; docs/mobile.md names all fields. */

export type ProgramType = 'stamps' | 'points' | 'cashback' | 'tier';

export interface Tier {
  readonly name: string;
  readonly minPoints: number;
  /** What a purchase earns is multiplied by it. Older profiles do not say it: by 1. */
  readonly multiplier?: string;
  readonly color: string | null;
  readonly benefits: readonly string[];
}

export interface Reward {
  readonly rewardId: string;
  readonly title: string;
  readonly description: string;
  /** Of a `voucher` the code is what the person gets: it is bought, and then shown. Older profiles do not say it. */
  readonly type?: string;
  readonly requiredPoints: string;
  readonly requiredTier: string | null;
  readonly validFrom: Date | string | null;
  readonly validUntil: Date | string | null;
  /** Its code is used in the online shop alone. Older profiles do not say it: no. */
  readonly isForShop?: boolean;
}

export interface Campaign {
  readonly campaignId: string;
  readonly name: string;
  readonly startsAt: Date | string;
  readonly endsAt: Date | string | null;
  /** By the clock of the store; always, if there are none. */
  readonly happyHours?: readonly HappyHour[];
  readonly multiplier?: string | null;
  readonly bonus?: string | null;
  readonly minimumSpend?: string | null;
  readonly tiers?: readonly string[];
  readonly isForFirstPurchase?: boolean;
  readonly isForSomeGoods?: boolean;
}

export interface HappyHour {
  /** 1 is Monday. */
  readonly weekdays: readonly number[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

export type EarningMethod = 'qr_checkin' | 'store_checkin' | 'scan_and_go' | 'click_collect';

/** What a friend brings who joins and buys something. */
export interface ReferralOffer {
  readonly referrerPoints: string;
  readonly newMemberPoints: string;
  readonly minimumPurchase: string;
}

/** What a program offers, as the profile of its store shows it. */
export interface ProgramCard {
  readonly programId: string;
  readonly programName: string;
  readonly programType: ProgramType;
  readonly description: string;
  readonly rules: {
    readonly requiredStamps?: number;
    readonly stampsPerPurchase?: number;
    readonly pointsPerEuro?: string;
    readonly cashbackPercentage?: string;
    readonly minimumPurchase?: string | null;
    readonly tiers?: readonly Tier[];
  };
  readonly rewards: readonly Reward[];
  readonly branding: { readonly color: string | null; readonly logo: string | null };
  readonly campaigns: readonly Campaign[];
  readonly welcomeBonus: string;
  readonly currency: string;
  readonly createdAt: Date | string;
  /** Profiles from before an upgrade lack the following: then it is not offered. */
  readonly earningMethods?: readonly EarningMethod[];
  readonly takesReceipts?: boolean;
  readonly referral?: ReferralOffer | null;
}

export interface StoreProfile {
  readonly storeId: string;
  readonly name: string;
  readonly logo: string | null;
  readonly address: string | null;
  readonly timeZone: string;
  readonly currency: string;
  readonly cards?: Readonly<Record<string, ProgramCard>>;
}

export interface Lot {
  readonly units: number;
  readonly expiresAt: Date | string | null;
}

export interface Hold {
  readonly reservationId: string;
  readonly lots: readonly Lot[];
  readonly endsAt: Date | string;
  readonly rewardId: string | null;
  readonly rewardCode: string | null;
}

export interface Entry {
  readonly entryId: string;
  readonly seq?: number;
  readonly kind: string;
  readonly units: number;
  /** How it changed what is pending, and is not in `units`. Older rows of `recent` do not say it. */
  readonly pendingUnits?: number | null;
  readonly balanceAfterUnits: number;
  readonly description: string;
  readonly rewardCode: string | null;
  /** What was bought, exactly, in the store's currency; older rows of `recent` do not say it. */
  readonly purchaseAmount?: string | null;
  readonly recordedAt: Date | string;
}

export interface Membership {
  readonly membershipId: string;
  readonly programId: string;
  readonly storeId: string;
  readonly userId: string;
  readonly balanceUnits: number;
  readonly earnedUnits: number;
  /** What counts for levels: without what was taken back. Older memberships do not say it. */
  readonly lifetimeUnits?: number;
  readonly scale: number;
  readonly lots: readonly Lot[];
  readonly holds?: readonly Hold[];
  readonly pendingUnits?: number;
  readonly status?: 'active' | 'suspended' | 'left' | 'merged';
  /** Why it was last suspended or reactivated, in the merchant's words. */
  readonly statusReason?: string | null;
  readonly tier: string | null;
  readonly tierValidUntil?: Date | string | null;
  readonly recent: readonly Entry[];
}

/** What was kept for the next visit has times as texts. */
export const time = (value: Date | string): Date => (value instanceof Date ? value : new Date(value));

const sum = (lots: readonly Lot[]): number => lots.reduce((units, lot) => units + lot.units, 0);
const isOver = (lot: Lot, now: Date): boolean => lot.expiresAt !== null && time(lot.expiresAt) <= now;

/**
 * What the member has, in units: without what has expired and is not written off yet. What reservations
 * give back pays first what is owed, beginning with what expires first.
 */
export function balanceOf(membership: Membership, now: Date): number {
  const holds = membership.holds ?? [];
  const ended = holds.filter((hold) => time(hold.endsAt) <= now).flatMap((hold) => hold.lots);
  const expired = sum([...membership.lots, ...ended].filter((lot) => isOver(lot, now)));
  return membership.balanceUnits - Math.max(expired - owedOf(membership), 0);
}

/** What was taken back beyond what was free. */
export function owedOf({ balanceUnits, lots, holds = [] }: Membership): number {
  return Math.max(sum([...lots, ...holds.flatMap((hold) => hold.lots)]) - balanceUnits, 0);
}

export function openHolds(membership: Membership, now: Date): readonly Hold[] {
  return (membership.holds ?? []).filter((hold) => time(hold.endsAt) > now);
}

/** Return an exact decimal such as `"12.5"` in units of `scale` decimals. */
export function toUnits(decimal: string, scale: number): number {
  const [whole = '0', part = ''] = decimal.split('.');
  return Number(whole + part.slice(0, scale).padEnd(scale, '0'));
}

export function isOffered(reward: Reward, now: Date): boolean {
  const started = reward.validFrom === null || time(reward.validFrom) <= now;
  return started && (reward.validUntil === null || time(reward.validUntil) > now);
}

export function isRunning(campaign: Campaign, now: Date): boolean {
  const ends = campaign.endsAt;
  return time(campaign.startsAt) <= now && (ends === null || time(ends) > now);
}

/** Tell whether a membership has a later booking than another reading of it. */
export const isNewer = (one: Membership, other: Membership): boolean => {
  const [first, second] = [one.recent[0], other.recent[0]];
  return first !== undefined && (!second || time(first.recordedAt) > time(second.recordedAt));
};

export interface NextTier {
  readonly tier: Tier;
  /** In points. */
  readonly missing: number;
  /** How much of the way from the member's tier is done: 0 to 1. */
  readonly share: number;
}

/** Return the tier after the member's, and how far it is; `null` at the top. */
export function nextTier(card: ProgramCard, membership: Membership): NextTier | null {
  const tiers = card.rules.tiers ?? [];
  const index = tiers.findIndex((each) => each.name === membership.tier);
  const tier = tiers[index + 1];
  if (!tier) return null;
  const from = tiers[index]?.minPoints ?? 0;
  const counted = membership.lifetimeUnits ?? membership.earnedUnits;
  const share = (counted - from) / Math.max(tier.minPoints - from, 1);
  return {
    tier,
    missing: Math.max(tier.minPoints - counted, 0),
    share: Math.min(Math.max(share, 0), 1),
  };
}

/** Tell whether a member has a level, or a higher one; so has everybody if none is named. */
export function hasTier(card: ProgramCard, membership: Membership, wanted: string | null): boolean {
  const names = (card.rules.tiers ?? []).map((each) => each.name);
  return wanted === null || names.indexOf(membership.tier ?? '') >= names.indexOf(wanted);
}

export const isSuspended = ({ status }: Membership): boolean => status === 'suspended';

export const cardsOf = (profile: StoreProfile): readonly ProgramCard[] =>
  Object.values(profile.cards ?? {}).sort(
    (one, other) => time(one.createdAt).getTime() - time(other.createdAt).getTime(),
  );
