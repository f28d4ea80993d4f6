/** A program as a card: what it offers, or, with a membership, what its member has. */

import './loyalty-card.css';
import { useState } from 'preact/hooks';
import { common } from '../i18n/catalogue.ts';
import { counted, exactMoney, money, oneOf, percent } from '../i18n/format.ts';
import { inkOn, isColor } from '../lib/contrast.ts';
import { safeUrl } from '../lib/safe-url.ts';
import { amountOf, exactAmountOf } from './amounts.ts';
import { nextTier, type Membership, type ProgramCard } from './model.ts';
import { nearestPrize, prizesOfFullCard, reachOf } from './prizes.ts';
import { stampsOf, standingOf, type Stamps as StampsShown } from './standing.ts';

interface Props {
  readonly card: ProgramCard;
  readonly membership?: Membership;
  /** The name of the store, where cards of several stand together. */
  readonly store?: string | undefined;
  readonly title?: 'h1' | 'h2';
  readonly hasArrived?: boolean;
  /** Nobody collects any more. */
  readonly hasEnded?: boolean;
  /** When somebody looks at it: where it stays in sight, who shows it has the time go on. */
  readonly now?: Date;
}

export function LoyaltyCard(props: Props) {
  const { card, membership, store, title: Title = 'h2', hasArrived, hasEnded = false, now = new Date() } = props;
  const logo = safeUrl(card.branding.logo);
  return (
    <div class={hasArrived ? 'loyalty-card arrived' : 'loyalty-card'} ref={(each) => paint(each, card)}>
      <div class="head">
        {logo && <img src={logo} alt="" width="40" height="40" />}
        <div>
          <Title tabIndex={Title === 'h1' ? -1 : undefined}>{card.programName}</Title>
          {store !== undefined && <p class="small">{store}</p>}
        </div>
        {hasEnded && <p class="mark">{common().face.ended}</p>}
      </div>
      {membership ? <Balance card={card} membership={membership} hasEnded={hasEnded} now={now} /> : <Offer card={card} now={now} />}
    </div>
  );
}

/** Colour the card: by a script, as the page's policy allows no style attributes. */
function paint(element: HTMLElement | null, card: ProgramCard): void {
  const color = card.branding.color;
  if (!element || !isColor(color)) return;
  element.style.setProperty('--brand', color);
  element.style.setProperty('--ink', inkOn(color));
}

function Offer({ card, now }: { readonly card: ProgramCard; readonly now: Date }) {
  const prize = prizeOf(card, now);
  return (
    <div class="stack small">
      <p>{ruleOf(card)}</p>
      {prize !== '' && <p class="prize">{prize}</p>}
      {card.description && <p>{card.description}</p>}
    </div>
  );
}

const PRIZES_MAX = 3;

/** Say what a full card brings, or else the nearest reward; nothing if there is none. */
function prizeOf(card: ProgramCard, now: Date): string {
  const words = common().rule;
  const full = prizesOfFullCard(card, now).slice(0, PRIZES_MAX);
  if (full.length > 0) return words.full(oneOf(full.map((each) => each.title)));
  const nearest = nearestPrize(card, now);
  return nearest ? words.reward(nearest.title, exactAmountOf(Number(nearest.requiredPoints), card)) : '';
}

/** Say in a sentence what a program grants. */
function ruleOf(card: ProgramCard): string {
  const { rules } = card;
  const words = common().rule;
  const least = rules.minimumPurchase;
  const from = least ? `, ${words.minimum(exactMoney(Number(least), card.currency))}` : '';
  if (rules.requiredStamps !== undefined) return words.stamps(rules.requiredStamps);
  if (rules.cashbackPercentage !== undefined) {
    return words.cashback(percent(Number(rules.cashbackPercentage))) + from;
  }
  return words.points(counted(Number(rules.pointsPerEuro ?? 0), common().units.points), money(1, card.currency)) + from;
}

interface BalanceProps {
  readonly card: ProgramCard;
  readonly membership: Membership;
  readonly hasEnded: boolean;
  readonly now: Date;
}

function Balance({ card, membership, hasEnded, now }: BalanceProps) {
  const standing = standingOf(membership, now);
  const needed = card.rules.requiredStamps;
  const words = common().face;
  const amount = (units: number): string => amountOf(units, card, membership.scale);
  return (
    <div class="stack">
      {needed === undefined ? (
        <p class="balance">{amount(standing.free)}</p>
      ) : (
        <Stamps stamps={stampsOf(standing, needed)} needed={needed} />
      )}
      {standing.reserved > 0 && <p class="small">{words.reserved(amount(standing.reserved))}</p>}
      {standing.owed > 0 && <p class="small">{words.owed(amount(standing.owed))}</p>}
      <ReachLine card={card} membership={membership} hasEnded={hasEnded} now={now} />
      {!hasEnded && <TierLine card={card} membership={membership} />}
    </div>
  );
}

/** Say for which reward it is enough, or what is missing for the nearest one. */
function ReachLine({ card, membership, hasEnded, now }: BalanceProps) {
  if (membership.status === 'suspended') return null;
  const words = common().face;
  const { enough, next } = reachOf(card, membership, now);
  if (enough) return <p class="prize">{words.enough(enough.title)}</p>;
  if (!next || hasEnded) return null;
  return <p class="small">{words.toReward(amountOf(next.missing, card, membership.scale), next.reward.title)}</p>;
}

const STAMPS_DRAWN_MAX = 50;

function Stamps({ stamps: { drawn, more }, needed }: { readonly stamps: StampsShown; readonly needed: number }) {
  const words = common().face;
  const before = usePrevious(drawn);
  return (
    <>
      {needed <= STAMPS_DRAWN_MAX && (
        <ul class={needed > 10 ? 'stamps many' : 'stamps'} aria-hidden="true">
          {Array.from({ length: needed }, (_, index) => (
            <li key={index} class={index >= drawn ? '' : index < before ? 'full' : 'full new'} />
          ))}
        </ul>
      )}
      <p class="balance">{words.stampsOf(drawn, needed)}</p>
      {more > 0 && <p class="small">{words.moreStamps(counted(more, common().units.stamps))}</p>}
    </>
  );
}

/** Return what a value was before it changed; at first what it is. */
function usePrevious(value: number): number {
  const [now, setNow] = useState(value);
  const [before, setBefore] = useState(value);
  if (now !== value) {
    setBefore(now);
    setNow(value);
    return now;
  }
  return before;
}

function TierLine({ card, membership }: { readonly card: ProgramCard; readonly membership: Membership }) {
  const words = common().face;
  if (membership.tier === null) return null;
  const next = nextTier(card, membership);
  const distance = next ? words.toTier(amountOf(next.missing, card, membership.scale), next.tier.name) : words.top;
  return (
    <>
      {next && (
        <div class="bar" aria-hidden="true">
          <span ref={(each) => each?.style.setProperty('width', `${Math.round(next.share * 100)}%`)} />
        </div>
      )}
      <p class="small">
        {words.tier} {membership.tier}: {distance}
      </p>
    </>
  );
}
