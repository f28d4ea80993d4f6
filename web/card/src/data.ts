/** What the pages show: read from Firestore, kept for the next visit, and watched while shown. */

import { signal } from '@preact/signals';
import { queryDocuments, readDocument, type Data } from '../../shared/firebase/documents.ts';
import { keep, recall, type Kept } from '../../shared/lib/kept.ts';
import { endRefusals } from '../../shared/lib/refusals.ts';
import type { Entry, Membership, ProgramCard, StoreProfile } from '../../shared/card/model.ts';
import { ownName } from './own-names.ts';
import { keepOwn, onOwnElsewhere, recallAnybodys, recallOwn } from './own.ts';
import { readProgram } from './program.ts';

const HISTORY_PAGE = 20;

const profileName = (storeId: string): string => `store.${storeId}`;

export function keptProfile(storeId: string): Kept<StoreProfile> | undefined {
  return recall(profileName(storeId));
}

/** Return the profile of a store, which needs no sign-in; `null` if there is no such store. */
export async function readProfile(storeId: string): Promise<Kept<StoreProfile> | null> {
  if (storeId === '') return null;
  const found = await readDocument(`storeProfiles/${encodeURIComponent(storeId)}`, false);
  return found?.['name'] ? keep(profileName(storeId), found as unknown as StoreProfile) : null;
}

/** A membership with what its store says of its program. */
export interface MyCard {
  readonly membership: Membership;
  readonly store: StoreProfile | null;
  /** When it was asked for, in milliseconds since 1970. What an older version has kept does not say it. */
  readonly askedAt?: number;
  /** When it was seen live, in milliseconds since 1970, after the cards were read. */
  readonly seenAt?: number;
  /** `null` if the program has ended. */
  readonly card: ProgramCard | null;
  /** The program if it has ended. What was kept by an older version of this page does not have it. */
  readonly ended?: ProgramCard | null;
}

export function keptCards(uid: string): Kept<readonly MyCard[]> | undefined {
  return recallOwn('mine', uid);
}

/** Return the cards that were kept, before it is known who has signed in: who signs out leaves none behind. */
export const anyKeptCards = (): Kept<readonly MyCard[]> | undefined => recallAnybodys('mine');

/** Keep a membership as it was seen last, where the person's cards are kept: who signs out keeps none. */
export function keepShown(membership: Membership): void {
  const name = ownName('mine', membership.userId);
  const kept = recall<readonly MyCard[]>(name);
  if (!kept) return;
  const isIt = (each: MyCard): boolean => each.membership.membershipId === membership.membershipId;
  const seen = kept.value.map((each) => (isIt(each) ? { ...each, membership, seenAt: Date.now() } : each));
  keep(name, seen.filter((each) => isPresent(each.membership)), kept.at);
}

const isPresent = ({ status }: Membership): boolean => status !== 'merged' && status !== 'left';

/** Call `act` when another tab has read the person's cards: what was joined there is here, too. */
export const onCardsElsewhere = (uid: string, act: () => void): (() => void) => onOwnElsewhere(act, 'mine', uid);

/** Return the cards of a person, those that have ended last: one query, and one reading of each store and of each program that has ended. */
export async function readCards(uid: string): Promise<Kept<readonly MyCard[]>> {
  const askedAt = Date.now();
  const mine = (await ownMemberships(uid)).filter(isPresent);
  const stores = new Map(
    await Promise.all(
      [...new Set(mine.map((each) => each.storeId))].map(
        async (id) => [id, (await readProfile(id))?.value ?? null] as const,
      ),
    ),
  );
  const read = await Promise.all(mine.map((each) => cardOf(each, stores.get(each.storeId) ?? null)));
  const cards = read.map((each) => ({ ...each, askedAt }));
  const inOrder = [...cards.filter((each) => each.card), ...cards.filter((each) => !each.card)];
  return keepOwn(inOrder, 'mine', uid);
}

async function cardOf(membership: Membership, store: StoreProfile | null): Promise<MyCard> {
  const card = store?.cards?.[membership.programId];
  if (card) return { membership, store, card, ended: null };
  const program = await readProgram(membership.programId);
  // A profile may be older than its program.
  const [running, ended] = program?.isActive ? [program.card, null] : [null, program?.card ?? null];
  return { membership, store, card: running, ended };
}

async function ownMemberships(uid: string): Promise<Membership[]> {
  return (await queryDocuments({
    collection: 'loyaltyMembers',
    where: ['userId', uid],
  })) as unknown as Membership[];
}

/** A store of whose programs the person has left all: what it has stored is there still. */
export interface LeftStore {
  readonly storeId: string;
  readonly name: string;
}

export async function readLeftStores(uid: string): Promise<LeftStore[]> {
  const found = await ownMemberships(uid);
  const present = new Set(found.filter((each) => each.status !== 'left').map((each) => each.storeId));
  const left = new Set(found.map((each) => each.storeId).filter((each) => !present.has(each)));
  return Promise.all(
    [...left].map(async (storeId) => ({ storeId, name: (await readProfile(storeId))?.value.name ?? storeId })),
  );
}

/** Return entries of a membership, the newest first, older than `before`. */
export async function readHistory(membershipId: string, before?: number): Promise<Entry[]> {
  return (await queryDocuments({
    parent: `loyaltyMembers/${encodeURIComponent(membershipId)}`,
    collection: 'entries',
    highestBy: 'seq',
    limit: HISTORY_PAGE,
    ...(before === undefined ? {} : { below: before }),
  })) as unknown as Entry[];
}

/** Which membership was told last by watching, and when: milliseconds since 1970. */
export const seen = signal<{ readonly membershipId: string; readonly at: number } | undefined>(undefined);

/** Watch a membership. The SDK for it is large: it is loaded when the page is there and does nothing. */
export async function watchMembership(
  membershipId: string,
  show: (membership: Membership) => void,
): Promise<() => void> {
  await idle();
  const { watch } = await import('../../shared/firebase/live.ts');
  return watch(`loyaltyMembers/${encodeURIComponent(membershipId)}`, (data) => {
    seen.value = { membershipId, at: Date.now() };
    endRefusals('state');
    show(data as unknown as Membership);
  });
}

/** Watch what a store offers, and keep it for the next visit. */
export async function watchProfile(storeId: string, show: (store: StoreProfile) => void): Promise<() => void> {
  await idle();
  const { watch } = await import('../../shared/firebase/live.ts');
  return watch(`storeProfiles/${encodeURIComponent(storeId)}`, (data) => {
    if (data['name']) show(keep(profileName(storeId), data as unknown as StoreProfile).value);
  });
}

/**
 * Watch what becomes of a redemption: `end` is called once it is used or cancelled, or somebody else's
 * by now. It has no document before, and its path is made as `shared/store/paths.py` makes it.
 */
export async function watchRedemption(membershipId: string, redemptionId: string, end: () => void): Promise<() => void> {
  const name = new TextEncoder().encode(`${Array.from(membershipId).length}:${membershipId}:${redemptionId}`);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', name));
  const id = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  await idle();
  const { watch } = await import('../../shared/firebase/live.ts');
  const look = (data: Data): void => {
    if (data['usedAt'] || data['cancelledAt']) end();
  };
  return watch(`redemptions/${id}`, look, end);
}

const IDLE_MS_MAX = 2000;

/** Wait until the browser has time. Some have no such call: then a moment must do. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: IDLE_MS_MAX });
    else setTimeout(resolve, IDLE_MS_MAX / 10);
  });
}
