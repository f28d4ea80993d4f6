/** `/c/{programId}`: one card: what the member has, the code for the till, rewards and history. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { watchMembership, type MyCard } from '../data.ts';
import { LoyaltyCard } from '../../../shared/card/loyalty-card.tsx';
import type { PageProps } from '../main.tsx';
import { balanceOf, isNewer, type Membership } from '../../../shared/card/model.ts';
import { standingOf } from '../../../shared/card/standing.ts';
import { Campaigns } from '../campaigns/campaigns.tsx';
import { Expiry } from '../parts/expiry.tsx';
import { ClosedCard } from '../parts/closed-card.tsx';
import { History } from '../parts/history.tsx';
import { Levels } from '../parts/levels.tsx';
import { MemberCode } from '../parts/member-code.tsx';
import { MyCodes } from '../parts/my-codes.tsx';
import { MyData } from '../parts/my-data.tsx';
import { OwnCard } from '../parts/own-card.tsx';
import { Messages } from '../messages/messages.tsx';
import { Rewards } from '../parts/rewards.tsx';
import { Wallets } from '../parts/wallets.tsx';
import { WhatToDo } from '../parts/what-to-do.tsx';
import { amount, moment, t } from '../words.ts';

export default function Card({ id }: PageProps) {
  return <OwnCard programId={id} show={(mine, at) => <Shown mine={mine} at={at} />} />;
}

function Shown({ mine, at }: { readonly mine: MyCard; readonly at: number | undefined }) {
  const [membership, notice] = useLive(mine);
  const { card } = mine;
  if (!card) return <ClosedCard mine={mine} />;
  return (
    <>
      {at !== undefined && (
        <p class="quiet">
          {t().card.from} <time dateTime={new Date(at).toISOString()}>{moment(new Date(at))}</time>
        </p>
      )}
      <LoyaltyCard card={card} membership={membership} store={mine.store?.name} title="h1" hasArrived={notice !== ''} />
      <p class={notice ? 'notice' : 'for-readers'} role="status">
        {notice}
      </p>
      {membership.status === 'suspended' && <p class="problem">{t().card.suspended}</p>}
      {(membership.pendingUnits ?? 0) > 0 && (
        <p>{t().card.pending(amount(membership.pendingUnits ?? 0, card, membership.scale))}</p>
      )}
      {card.programType === 'cashback' && <p>{t().card.pays}</p>}
      <Expiry card={card} membership={membership} />
      <MemberCode storeId={membership.storeId} />
      {membership.status !== 'suspended' && <Wallets programId={card.programId} />}
      <WhatToDo card={card} storeId={membership.storeId} />
      <Campaigns card={card} />
      <MyCodes membership={membership} key={membership.membershipId} />
      <Rewards card={card} membership={membership} />
      <Levels card={card} membership={membership} />
      <History card={card} membership={membership} />
      <Messages programId={card.programId} key={card.programId} />
      <MyData membership={membership} balance={amount(balanceOf(membership, new Date()), card, membership.scale)} />
    </>
  );
}

/** Follow the membership, and say what arrives while the person looks. */
function useLive(mine: MyCard): readonly [Membership, string] {
  const [live, setLive] = useState<Membership>();
  const [notice, setNotice] = useState('');
  const shown = useRef(mine.membership);
  const membership = live && !isNewer(mine.membership, live) ? live : mine.membership;
  shown.current = membership;

  useEffect(() => {
    let end: (() => void) | undefined;
    let isOver = false;
    const show = (next: Membership): void => {
      const [entry, before] = [next.recent[0], shown.current];
      if (entry && mine.card && isNewer(next, before)) {
        const booked = amount(entry.units, mine.card, next.scale);
        const balance = amount(standingOf(next, new Date()).free, mine.card, next.scale);
        setNotice(t().card.booked(booked, balance));
      }
      setLive(next);
    };
    watchMembership(mine.membership.membershipId, show).then(
      (stop) => (isOver ? stop() : (end = stop)),
      () => undefined, // Without the listener the card is that of the last reading.
    );
    return () => {
      isOver = true;
      end?.();
    };
  }, [mine.membership.membershipId]);

  return [membership, notice];
}
