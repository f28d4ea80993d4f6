/** For which account and store the person works, and what they may do there. */

import { signal } from '@preact/signals';
import { ask, sendHeaders } from '../../shared/api/client.ts';
import type { components } from '../../shared/api/schema.gen.ts';
import { mode } from './mode.ts';
import { readStore, type Store } from './store.ts';

type Schemas = components['schemas'];
export type Account = Schemas['MyAccount'];
export type Invitation = Schemas['MyInvitation'];
export type Role = Schemas['StaffRole'];

/** Where the person has a role; `undefined` until that is known. */
export const accounts = signal<readonly Account[] | undefined>(undefined);
/** Which accounts have invited the person. */
export const invitations = signal<readonly Invitation[]>([]);
export const account = signal<Account | undefined>(undefined);
export const actions = signal<ReadonlySet<string> | undefined>(undefined);
/** Where the person can work in that account: empty if they can say which store it is. */
export const stores = signal<readonly Named[]>([]);
export const store = signal<Store | undefined>(undefined);

export interface Named {
  readonly storeId: string;
  readonly name: string;
}

const storeId = signal<string | undefined>(undefined);
const LISTED_MAX = 100;

export const may = (...names: readonly string[]): boolean =>
  names.every((name) => actions.value?.has(name) ?? false);

sendHeaders(() => ({
  ...(account.value && { 'X-Beep-Staff-Account': account.value.accountId }),
  ...(mode.value === 'test' && { 'X-Beep-Mode': mode.value }),
  ...(storeId.value && { 'X-Beep-Store-Id': storeId.value }),
}));

let turn = 0;

/** Begin to open something. What is returned tells whether nothing else was chosen since: its answer is the one that counts. */
function beginOpening(): () => boolean {
  const own = ++turn;
  return () => own === turn;
}

/** Begin for a person: with the account and store of the last time, if they are still theirs. */
export async function openFor(uid: string): Promise<void> {
  close();
  const isWanted = beginOpening();
  const found = await ask((api, signal) => api.POST('/listMyAccounts', { body: {}, signal }));
  if (!isWanted()) return;
  accounts.value = found.accounts;
  invitations.value = found.invitations;
  const open = found.accounts.filter((each) => each.isActive);
  const last = recall(`account.${uid}`);
  const chosen = open.find((each) => each.accountId === last) ?? open[0];
  if (chosen) await openAccount(uid, chosen);
}

/** Take the role in an account that has invited the person, and work there from now on. */
export async function accept(uid: string, { accountId }: Invitation): Promise<void> {
  leaveAccount(); // The call is about the person alone, and names no account by a header.
  try {
    await ask((api, signal) => api.POST('/acceptStaffInvitation', { body: { accountId }, signal }));
    remember(`account.${uid}`, accountId);
  } finally {
    await openFor(uid);
  }
}

export async function openAccount(uid: string, chosen: Account): Promise<void> {
  leaveAccount();
  const isWanted = beginOpening();
  account.value = chosen;
  remember(`account.${uid}`, chosen.accountId);
  storeId.value = chosen.storeIds[0]; // Who is limited to stores names one in each call.
  const access = await ask((api, signal) => api.POST('/getMyAccess', { body: {}, signal }));
  if (!isWanted()) return; // What follows would be asked for in the account that was chosen since.
  const allowed = new Set<string>(access.actions);
  const named = await listStores(chosen, allowed);
  const last = recall(`store.${chosen.accountId}`);
  const first = named.find((each) => each.storeId === last) ?? named[0];
  const opened = first?.storeId ?? (chosen.storeIds.length === 0 ? last : null);
  const found = opened ? await readStore(opened) : null;
  if (!isWanted()) return;
  stores.value = named;
  if (found) work(found);
  actions.value = allowed; // Last: then the page has all that it needs.
}

/** Work in a store from now on. Return whether there is such a store. */
export async function openStore(id: string): Promise<boolean> {
  const isWanted = beginOpening();
  const found = await readStore(id);
  if (found && isWanted()) work(found);
  return found !== null;
}

/** Read a store again in which something has changed, unless the person works elsewhere by now. */
export async function refreshStore(id: string): Promise<void> {
  const found = await readStore(id);
  if (found && storeId.value === id) store.value = found;
}

function work(opened: Store): void {
  storeId.value = opened.storeId;
  store.value = opened;
  if (account.value) remember(`store.${account.value.accountId}`, opened.storeId);
}

/** What the pages need to know of where the person works. */
export interface Access {
  readonly accounts: readonly Account[];
  readonly account: Account;
  readonly actions: readonly string[];
  readonly stores: readonly Named[];
  readonly store: Store;
}

/** Return where the person works, if a store is open. */
export function access(): Access | undefined {
  if (!accounts.value || !account.value || !actions.value || !store.value) return undefined;
  return {
    accounts: accounts.value,
    account: account.value,
    actions: [...actions.value],
    stores: stores.value,
    store: store.value,
  };
}

/** Go on with what was known before: the API still decides on each call. */
export function openKept(kept: Access): void {
  accounts.value = kept.accounts;
  account.value = kept.account;
  storeId.value = kept.store.storeId;
  stores.value = kept.stores;
  store.value = kept.store;
  actions.value = new Set(kept.actions);
}

export function close(): void {
  accounts.value = undefined;
  invitations.value = [];
  leaveAccount();
}

function leaveAccount(): void {
  turn += 1; // What is on its way for it is of no use any more.
  mode.value = 'live'; // What the person may do, and in which stores, is never an example.
  account.value = undefined;
  actions.value = undefined;
  storeId.value = undefined;
  store.value = undefined;
  stores.value = [];
}

async function listStores(of: Account, allowed: ReadonlySet<string>): Promise<readonly Named[]> {
  if (of.storeIds.length > 0) {
    const found = await Promise.all(of.storeIds.map(readStore));
    return found.filter((each) => each !== null);
  }
  if (!allowed.has('fetchStores')) return [];
  const body = { limit: LISTED_MAX };
  return (await ask((api, signal) => api.POST('/fetchStores', { body, signal }))).stores;
}

const PREFIX = 'punktwerk.console.';

function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Without storage the person chooses again next time.
  }
}
