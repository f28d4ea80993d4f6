/** All that expires and when: the next in a sentence, the others on demand. */

import { expiries } from '../../../shared/card/expiries.ts';
import type { Membership, ProgramCard } from '../../../shared/card/model.ts';
import { amount, lastDay, t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  readonly membership: Membership;
  /** Of the store, by whose clock it expires. */
  readonly zone: string | undefined;
  readonly now: Date;
}

export function Expiry({ card, membership, zone, now }: Props) {
  const [next, ...later] = expiries(membership, now);
  if (!next) return null;
  const words = t().card;
  const show = (units: number): string => amount(units, card, membership.scale);
  return (
    <div>
      <p>{words.expires(show(next.units), lastDay(next.at, zone))}</p>
      {later.length > 0 && (
        <details>
          <summary>{words.expiring}</summary>
          <ul class="plain-list">
            {[next, ...later].map(({ units, at }) => (
              <li key={at.getTime()}>{words.lastDay(show(units), lastDay(at, zone))}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
