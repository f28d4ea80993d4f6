/**
 * A card whose program is closed. The profile of the store tells nothing of the program any more; the
 * balance, codes that were bought and the person's data are there all the same.
 */

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { number } from '../../../shared/i18n/format.ts';
import type { MyCard } from '../data.ts';
import { t } from '../words.ts';
import { MemberCode } from './member-code.tsx';
import { MyCodes } from './my-codes.tsx';
import { MyData } from './my-data.tsx';

export function ClosedCard({ mine: { membership, store } }: { readonly mine: MyCard }) {
  const [balance, setBalance] = useState<number>();
  const { programId } = membership;

  useEffect(() => {
    const body = { programId, userId: ownId() };
    ask((api, signal) => api.POST('/getCustomerBalance', { body, signal })).then(
      (found) => setBalance(found.currentBalance),
      () => undefined, // Without a connection the rest is there.
    );
  }, [programId]);

  return (
    <>
      <h1 tabIndex={-1}>{store?.name ?? t().cards.title}</h1>
      <div class="panel">
        <p>{t().card.closed}</p>
        {balance !== undefined && (
          <p>
            {t().card.balance}: <strong>{number(balance)}</strong>
          </p>
        )}
      </div>
      <MemberCode storeId={membership.storeId} />
      <MyCodes membership={membership} key={membership.membershipId} />
      <MyData membership={membership} balance={null} />
    </>
  );
}
