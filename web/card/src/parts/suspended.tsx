/** That a card is suspended, and what the shop has written about it. */

import type { Membership } from '../../../shared/card/model.ts';
import { t } from '../words.ts';

export function Suspended({ membership }: { readonly membership: Membership }) {
  const reason = membership.statusReason ?? '';
  return (
    <div>
      <p class="problem">{t().card.suspended}</p>
      {reason && <p>{t().card.suspendedFor(reason)}</p>}
    </div>
  );
}
