/** What of a booking each campaign has brought: whole points, or whole cents, that make the sum. */

interface MadeOf {
  readonly basePoints: number;
  readonly tierMultiplier: number;
  readonly campaigns: readonly { readonly campaignId: string; readonly points: number }[];
}

export interface Part {
  readonly campaignId: string;
  /** What there is more with it than without. */
  readonly given: number;
}

/** Less than any part of a point that rules make, and more than the error of binary fractions. */
const NOTHING = 1e-6;

/**
 * The API rounds the sum down, once. So a campaign has brought the difference of two such sums: of 25.4 by
 * the rule and 12.7 by a campaign come 38, which would be 25 without it: it has brought 13. `scale` is 100
 * where the sum is money with two decimals.
 */
export function campaignParts({ basePoints, tierMultiplier, campaigns }: MadeOf, scale = 1): readonly Part[] {
  const down = (value: number): number => Math.floor(value * scale + NOTHING);
  let sum = basePoints * tierMultiplier;
  return campaigns.map(({ campaignId, points }) => {
    const before = down(sum);
    sum += points;
    return { campaignId, given: (down(sum) - before) / scale };
  });
}
