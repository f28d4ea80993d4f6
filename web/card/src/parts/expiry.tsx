/** All that expires and when: the next in a sentence, the others on demand. */

import { expiries, type Membership, type ProgramCard } from '../../../shared/card/model.ts';
import { amount, day, t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  readonly membership: Membership;
}

export function Expiry({ card, membership }: Props) {
  const [next, ...later] = expiries(membership, new Date());
  if (!next) return null;
  const words = t().card;
  const show = (units: number): string => amount(units, card, membership.scale);
  return (
    <div>
      <p>{words.expires(show(next.units), day(next.at))}</p>
      {later.length > 0 && (
        <details>
          <summary>{words.expiring}</summary>
          <ul class="plain-list">
            {[next, ...later].map(({ units, at }) => (
              <li key={at.getTime()}>{words.on(show(units), day(at))}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
