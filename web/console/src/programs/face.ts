/** A program as the card shows it, before there is one, and a member who might have it. */

import type { Membership, ProgramCard } from '../../../shared/card/model.ts';
import type { ProgramType, Rules } from '../../../shared/lib/earning.ts';
import { digitsOf } from '../../../shared/lib/amount.ts';
import { isColor } from '../../../shared/lib/contrast.ts';

/** What the face of a card is made of. */
export interface Look {
  readonly programName: string;
  readonly programType: ProgramType;
  readonly description: string;
  readonly rules: Rules;
  readonly color: string | null;
  readonly logo: string | null;
  readonly currency: string;
}

const LONG_AGO = '2026-01-01T00:00:00.000Z';

export function cardOf(look: Look): ProgramCard {
  const { programName, programType, description, currency, color, logo } = look;
  return {
    programId: 'preview',
    programName,
    programType,
    description,
    rules: asInProfile(look.rules),
    rewards: [],
    branding: { color: isColor(color) ? color : null, logo },
    campaigns: [],
    welcomeBonus: '0',
    currency,
    createdAt: LONG_AGO,
  };
}

/** Write rules as the profile of a store has them: decimals as texts. */
function asInProfile(rules: Rules): ProgramCard['rules'] {
  if ('requiredStamps' in rules) return { requiredStamps: rules.requiredStamps };
  const minimumPurchase = rules.minimumPurchase == null ? null : String(rules.minimumPurchase);
  if ('cashbackPercentage' in rules) {
    return { cashbackPercentage: String(rules.cashbackPercentage), minimumPurchase };
  }
  const pointsPerEuro = String(rules.pointsPerEuro);
  if (!('tiers' in rules)) return { pointsPerEuro, minimumPurchase };
  const tiers = rules.tiers.map(({ name, minPoints }) => ({ name, minPoints, color: null, benefits: [] }));
  return { pointsPerEuro, minimumPurchase, tiers };
}

const POINTS = 120;
const CASHBACK = 4.5;
const PART_OF_CARD = 0.4;

/** Somebody who has collected for some time. */
export function exampleOf({ programType, rules, currency }: Look): Membership {
  const scale = programType === 'cashback' ? digitsOf(currency) : 0;
  const tiers = 'tiers' in rules ? rules.tiers : [];
  const second = tiers[1]?.minPoints ?? 0;
  const units = unitsOf(rules, Math.max(POINTS, Math.round(second * 1.2)), scale);
  const tier = tiers.findLast((each) => each.minPoints <= units)?.name ?? null;
  return {
    membershipId: 'preview',
    programId: 'preview',
    storeId: 'preview',
    userId: 'preview',
    balanceUnits: units,
    earnedUnits: units,
    scale,
    lots: [],
    tier,
    recent: [],
  };
}

function unitsOf(rules: Rules, points: number, scale: number): number {
  if ('requiredStamps' in rules) return Math.max(Math.floor(rules.requiredStamps * PART_OF_CARD), 1);
  return 'cashbackPercentage' in rules ? Math.round(CASHBACK * 10 ** scale) : points;
}
