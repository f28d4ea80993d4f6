/** What of a card nobody else can spend for a while: for a reward, at a till, or for a purchase by phone. */

import type { components } from '../../../shared/api/schema.gen.ts';
import { exactMoney, hour, moment } from '../../../shared/i18n/format.ts';
import { may } from '../access.ts';
import type { Program } from '../store.ts';
import { amount, t } from '../words.ts';
import { Free } from './free.tsx';
import type { OpenPurchase } from './open-purchases.ts';

export type Reservation = components['schemas']['Reservation'];

interface Props {
  readonly userId: string;
  readonly program: Program;
  readonly reservations: readonly Reservation[];
  /** Purchases by phone that points have paid of, and nobody has paid whole. */
  readonly purchases: readonly OpenPurchase[];
  /** What the last freeing did; it stays when there is nothing left. */
  readonly said: string;
  readonly onFreed: (sentence: string) => void;
}

export function Reserved({ userId, program, reservations, purchases, said, onFreed }: Props) {
  const words = t().member;
  const isEmpty = reservations.length === 0 && purchases.length === 0;
  if (isEmpty) return <p role="status">{said}</p>;
  return (
    <section class="stack" aria-labelledby={`reserved-${program.programId}`}>
      <h3 id={`reserved-${program.programId}`}>{words.reserved}</h3>
      <p role="status">{said}</p>
      <ul class="plain-list entries">
        {reservations.map((each) => (
          <li class="entry" key={each.reservationId}>
            <span>{titleOf(each)}</span>
            <span>{amount(each.points, program)}</span>
            <span class="quiet whole">{detailsOf(each, program)}</span>
            {each.rewardCode !== null && <span class="quiet whole">{words.codeIs(each.rewardCode)}</span>}
            {may('voidLoyaltyRedemption') && (
              <Free userId={userId} program={program} held={{ reservation: each }} onFreed={onFreed} />
            )}
          </li>
        ))}
        {purchases.map((each) => (
          <li class="entry" key={each.transactionId}>
            <span>{words.reservedPurchase(each.orderReference ?? '')}</span>
            <span>{amount(each.points, program)}</span>
            <span class="quiet whole">{timesOf(each.createdAt, each.timesOutAt)}</span>
            {may('cancelCheckout') && (
              <Free userId={userId} program={program} held={{ purchase: each }} onFreed={onFreed} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function titleOf({ rewardId, description, transactionId }: Reservation): string {
  const words = t().member;
  return rewardId === null ? words.reservedTill(transactionId ?? '') : description || words.reservedReward;
}

function detailsOf(each: Reservation, program: Program): string {
  const words = t().member;
  const details = [
    each.byCustomer && words.reservedByCustomer,
    timesOf(each.reservedAt, each.expiresAt),
    each.amountPaid !== null && words.pays(exactMoney(each.amountPaid, program.currency)),
  ];
  return details.filter(Boolean).join(' · ');
}

/** Nothing is reserved for as long as a day, unless it waits for a payment. */
function timesOf(since: string, until: string | null): string {
  const words = t().member;
  const began = moment(new Date(since));
  return until === null ? words.reservedTillPaid(began) : words.reservedTimes(began, hour(new Date(until)));
}
