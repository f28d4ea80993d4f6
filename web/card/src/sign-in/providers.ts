/**
 * Sign in at Google or Apple without their scripts and pop-ups, which the policy of the page would
 * have to allow: the browser goes to their page, and comes back to ours with a token behind `#`.
 * Source: OpenID Connect Core 1.0, 3.2 (implicit flow).
 */

import { environment, type SignInProvider } from '../../../shared/firebase/environment.ts';
import { signInByToken } from '../../../shared/firebase/session.ts';

export type ProviderName = 'google' | 'apple';

/** What each is asked for. Apple answers behind `#` only if it is asked for no name and no address. */
const ASKED: Readonly<Record<ProviderName, Readonly<Record<string, string>>>> = {
  google: { response_type: 'id_token', scope: 'openid email' },
  apple: { response_type: 'code id_token', response_mode: 'fragment' },
};
const KEY = 'punktwerk.sign-in';
const MINUTES_MAX = 10;

/** What this tab remembers while the person is away: it proves that the answer is to its question. */
interface Waiting {
  readonly name: ProviderName;
  readonly state: string;
  readonly nonce: string;
  readonly back: string;
  readonly startedAt: number;
}

export class SignInRefused extends Error {
  constructor(readonly reason: 'cancelled' | 'notOurs') {
    super(reason);
  }
}

/** Return those that the operator has set up. */
export async function providerNames(): Promise<readonly ProviderName[]> {
  const { signIn } = await environment();
  return (['google', 'apple'] as const).filter((name) => signIn?.[name]);
}

/** Leave for the page of a provider; `back` is where the person goes on afterwards. */
export async function leaveFor(name: ProviderName, back: string): Promise<void> {
  const { clientId, authorizeUrl } = await providerOf(name);
  const [state, nonce] = [randomText(), randomText()];
  const waiting: Waiting = { name, state, nonce, back, startedAt: Date.now() };
  sessionStorage.setItem(KEY, JSON.stringify(waiting));
  const url = new URL(authorizeUrl, location.origin);
  const asked = {
    ...ASKED[name],
    client_id: clientId,
    redirect_uri: `${location.origin}/sign-in`,
    state,
    // Firebase compares the hash in the token with the nonce itself, which only this tab has.
    nonce: await hashOf(nonce),
  };
  for (const [field, value] of Object.entries(asked)) url.searchParams.set(field, value);
  location.assign(url);
}

/** Tell whether a provider has sent the person here. */
export const hasAnswer = (): boolean => answer().has('state');

const answer = (): URLSearchParams => new URLSearchParams(location.hash.slice(1));

export interface Taken {
  /** Where the person goes on, also by another way of signing in; `null` if this tab has not asked. */
  readonly back: string | null;
  /** Why nobody has signed in. */
  readonly error?: unknown;
}

/** Sign in with what the provider has answered. */
export async function takeAnswer(): Promise<Taken> {
  const given = answer();
  history.replaceState(null, '', location.pathname); // A token stays in no history.
  const waiting = takeWaiting();
  if (waiting?.state !== given.get('state')) return { back: null, error: new SignInRefused('notOurs') };
  try {
    await enter(waiting, given);
    return { back: waiting.back };
  } catch (error) {
    return { back: waiting.back, error };
  }
}

async function enter(waiting: Waiting, given: URLSearchParams): Promise<void> {
  if (Date.now() - waiting.startedAt > MINUTES_MAX * 60_000) throw new SignInRefused('notOurs');
  const token = given.get('id_token');
  if (given.has('error') || token === null) throw new SignInRefused('cancelled');
  const { clientId } = await providerOf(waiting.name);
  const claims = claimsOf(token);
  const isOurs = claims['aud'] === clientId && claims['nonce'] === (await hashOf(waiting.nonce));
  if (!isOurs) throw new SignInRefused('notOurs');
  await signInByToken(`${waiting.name}.com`, token, waiting.nonce);
}

async function providerOf(name: ProviderName): Promise<SignInProvider> {
  const found = (await environment()).signIn?.[name];
  if (!found) throw new SignInRefused('notOurs');
  return found;
}

/** Each question has one answer: what was remembered is forgotten with it. */
function takeWaiting(): Waiting | null {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return text === null ? null : (JSON.parse(text) as Waiting);
}

/** Read a token without its signature, which Firebase checks. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    return JSON.parse(atob(part)) as Record<string, unknown>;
  } catch {
    throw new SignInRefused('notOurs');
  }
}

const hex = (bytes: Uint8Array): string => [...bytes].map((each) => each.toString(16).padStart(2, '0')).join('');

const randomText = (): string => hex(crypto.getRandomValues(new Uint8Array(32)));

async function hashOf(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}
