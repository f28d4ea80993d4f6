/** `/c/{programId}`: one card: what the member has, the code for the till, rewards and history. */

import type { MyCard } from '../data.ts';
import { LoyaltyCard } from '../../../shared/card/loyalty-card.tsx';
import type { PageProps } from '../main.tsx';
import { isSuspended, type ProgramCard } from '../../../shared/card/model.ts';
import { nextChange } from '../../../shared/card/moments.ts';
import { standingOf } from '../../../shared/card/standing.ts';
import { Campaigns } from '../campaigns/campaigns.tsx';
import { AsOf } from '../parts/as-of.tsx';
import { Expiry } from '../parts/expiry.tsx';
import { History } from '../parts/history.tsx';
import { Levels } from '../parts/levels.tsx';
import { MemberCode } from '../parts/member-code.tsx';
import { MyCodes } from '../parts/my-codes.tsx';
import { MyData } from '../parts/my-data.tsx';
import { OwnCard, type Reading } from '../parts/own-card.tsx';
import { Messages } from '../messages/messages.tsx';
import { Rewards } from '../parts/rewards.tsx';
import { Suspended } from '../parts/suspended.tsx';
import { UnknownCard } from '../parts/unknown-card.tsx';
import { Wallets } from '../parts/wallets.tsx';
import { WhatToDo } from '../parts/what-to-do.tsx';
import { useLive } from '../use-live.ts';
import { useNow } from '../use-now.ts';
import { useStore } from '../use-store.ts';
import { amount, t } from '../words.ts';

export default function Card({ id }: PageProps) {
  return <OwnCard programId={id} show={(mine, reading) => <Shown mine={mine} reading={reading} />} />;
}

interface Props {
  readonly mine: MyCard;
  readonly reading: Reading;
}

function Shown({ mine: read, reading }: Props) {
  const mine = useStore(read, reading.reread);
  const card = mine.card ?? mine.ended;
  return card ? <Whole mine={mine} reading={reading} card={card} /> : <UnknownCard mine={mine} />;
}

function Whole({ mine, reading: { at, isRead, reread }, card }: Props & { readonly card: ProgramCard }) {
  const [membership, notice] = useLive(mine.membership, isRead, card);
  const now = useNow((time) => nextChange(card, membership, time));
  const hasEnded = mine.card === null;
  const isOut = isSuspended(membership);
  const { free, reserved } = standingOf(membership, now);
  const show = (units: number): string => amount(units, card, membership.scale);
  return (
    <>
      {at !== undefined && <AsOf at={at} />}
      <LoyaltyCard
        card={card}
        membership={membership}
        store={mine.store?.name}
        title="h1"
        hasArrived={notice !== ''}
        hasEnded={hasEnded}
        now={now}
      />
      <p class={notice ? 'notice' : 'for-readers'} role="status">
        {notice}
      </p>
      {hasEnded && <p>{free + reserved > 0 ? t().card.ended : t().card.endedEmpty}</p>}
      {isOut && <Suspended membership={membership} />}
      {(membership.pendingUnits ?? 0) > 0 && <p>{t().card.pending(show(membership.pendingUnits ?? 0))}</p>}
      {card.programType === 'cashback' && free > 0 && !isOut && <p>{t().card.pays}</p>}
      <Expiry card={card} membership={membership} zone={mine.store?.timeZone} now={now} />
      <MemberCode storeId={membership.storeId} />
      {!isOut && !hasEnded && <Wallets programId={card.programId} />}
      <Campaigns card={card} zone={mine.store?.timeZone} now={now} />
      <MyCodes membership={membership} key={membership.membershipId} />
      <Rewards card={card} membership={membership} zone={mine.store?.timeZone} now={now} hasEnded={hasEnded} reread={reread} />
      {!hasEnded && <Levels card={card} membership={membership} zone={mine.store?.timeZone} />}
      <WhatToDo card={card} store={mine.store} isSuspended={isOut} />
      <History card={card} membership={membership} />
      {!hasEnded && <Messages programId={card.programId} key={card.programId} />}
      {/* What stays after leaving: with what is reserved, as that is given back then. */}
      <MyData membership={membership} balance={hasEnded ? null : show(free + reserved)} />
    </>
  );
}
