/** What a code of a friend brings, by the rules of its program: to who tells of it, and to who has it. */

import { exactAmountOf } from '../../../shared/card/amounts.ts';
import type { ProgramCard } from '../../../shared/card/model.ts';
import { exactMoney, t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  /** Who reads it has been invited. */
  readonly isInvited?: boolean;
}

export function ReferralPromise({ card, isInvited = false }: Props) {
  const { referral } = card;
  if (!referral) return null;
  const words = t().friends;
  const [referrer, friend] = [Number(referral.referrerPoints), Number(referral.newMemberPoints)];
  const [yours, theirs] = [exactAmountOf(referrer, card), exactAmountOf(friend, card)];
  const both = isInvited ? words.brings(theirs, yours) : words.promise(yours, theirs);
  const onlyReferrer = isInvited ? words.bringsFriend(yours) : words.promiseYours(yours);
  const onlyFriend = isInvited ? words.bringsYou(theirs) : words.promiseTheirs(theirs);
  const least = Number(referral.minimumPurchase);
  return (
    <p>
      {friend === 0 ? onlyReferrer : referrer === 0 ? onlyFriend : both}{' '}
      {least > 0 && words.least(exactMoney(least, card.currency))}
    </p>
  );
}
