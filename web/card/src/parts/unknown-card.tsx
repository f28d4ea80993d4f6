/** A card of whose program nothing can be read: the code, codes that were bought and the person's data are there. */

import type { MyCard } from '../data.ts';
import { t } from '../words.ts';
import { MemberCode } from './member-code.tsx';
import { MyCodes } from './my-codes.tsx';
import { MyData } from './my-data.tsx';

export function UnknownCard({ mine: { membership, store } }: { readonly mine: MyCard }) {
  return (
    <>
      <h1 tabIndex={-1}>{store?.name ?? t().cards.title}</h1>
      <p class="panel">{t().card.ended}</p>
      <MemberCode storeId={membership.storeId} />
      <MyCodes membership={membership} key={membership.membershipId} />
      <MyData membership={membership} balance={null} />
    </>
  );
}
