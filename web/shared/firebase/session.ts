/** Who has signed in, and the token that proves it. The SDK keeps the sign-in; we keep only the
 * address to which a link was mailed, until it is opened. */

import { signal } from '@preact/signals';
import { initializeApp } from 'firebase/app';
import {
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
  isSignInWithEmailLink,
  OAuthProvider,
  onAuthStateChanged,
  sendSignInLinkToEmail,
  signInWithCredential,
  signInWithEmailAndPassword,
  signInWithEmailLink,
  signOut as leave,
  type Auth,
  type User,
} from 'firebase/auth';
import { environment } from './environment.ts';

/** The person; `null` if nobody has signed in, `undefined` until that is known. */
export const user = signal<User | null | undefined>(undefined);

/** Why the session could not be started; `undefined` if it could. Then `user` says nothing. */
export const startFailure = signal<unknown>(undefined);

const EMAIL_KEY = 'punktwerk.sign-in-email';
let of: 'card' | 'console' | undefined;
let onPerson: (uid: string | null) => void = () => undefined;
let starting: Promise<Auth> | undefined;

/**
 * Start the session of an app. Each app has its own, so that who works in a shop can shop there. It
 * tells `forgetOthers` who is here (`null`: nobody) before any page knows: whichever way somebody has
 * signed in, in this tab or in another one, there is nothing left then of who was here before.
 */
export function startSession(app: 'card' | 'console', forgetOthers: typeof onPerson): void {
  of = app;
  onPerson = forgetOthers;
  startAgain();
  addEventListener('online', startAgain);
}

/** Start the session if it could not be started before. */
export function startAgain(): void {
  running().catch((failure: unknown) => {
    startFailure.value = failure;
  });
}

/** The session that has been started. */
export function running(): Promise<Auth> {
  if (!of) throw new Error('the session has not been started');
  starting ??= start(of).catch((failure: unknown) => {
    starting = undefined; // Whoever asks next starts it again.
    throw failure;
  });
  return starting;
}

async function start(name: string): Promise<Auth> {
  const { emulators, ...config } = await environment();
  const options = { projectId: config.projectId, apiKey: config.apiKey };
  const { authDomain } = config;
  const app = initializeApp(authDomain ? { ...options, authDomain } : options, name);
  const auth = initializeAuth(app, { persistence: indexedDBLocalPersistence });
  if (emulators) connectAuthEmulator(auth, `http://${emulators.auth}`, { disableWarnings: true });
  startFailure.value = undefined;
  onAuthStateChanged(auth, (found) => {
    onPerson(found?.uid ?? null);
    user.value = found;
  });
  return auth;
}

/** Return the token for the next call; it is new if the last one is over. */
export async function idToken(): Promise<string | null> {
  const person = await whoHasSignedIn();
  return person ? person.getIdToken() : null;
}

/** Mail a link that signs in whoever opens it in this browser, at our page `path`. */
export async function mailLink(email: string, path: string): Promise<void> {
  await mailInvitation(email, path);
  localStorage.setItem(EMAIL_KEY, email);
}

/** Mail somebody else a link that signs them in, at our page `path`; they are asked for the address. */
export async function mailInvitation(email: string, path: string): Promise<void> {
  const url = new URL(path, location.origin).href;
  await sendSignInLinkToEmail(await running(), email, { url, handleCodeInApp: true });
}

/** Tell whether this address is that of a mailed link. */
export async function isMailedLink(): Promise<boolean> {
  return isSignInWithEmailLink(await running(), location.href);
}

/** The address to which this browser has asked for a link; the person is asked for it otherwise. */
export function mailedTo(): string | null {
  return localStorage.getItem(EMAIL_KEY);
}

export async function openLink(email: string): Promise<void> {
  await signInWithEmailLink(await running(), email, location.href);
  forgetMail();
}

/** Whoever has signed in or out leaves no address to the next one. */
function forgetMail(): void {
  try {
    localStorage.removeItem(EMAIL_KEY);
  } catch {
    // Without a storage there is none.
  }
}

export async function signInByPassword(email: string, password: string): Promise<void> {
  await signInWithEmailAndPassword(await running(), email, password);
  forgetMail();
}

/** Sign in with the ID token of a provider, such as `google.com`, that holds the hash of `nonce`. */
export async function signInByToken(provider: string, idToken: string, nonce: string): Promise<void> {
  const credential = new OAuthProvider(provider).credential({ idToken, rawNonce: nonce });
  await signInWithCredential(await running(), credential);
  forgetMail();
}

export async function signOut(): Promise<void> {
  await leave(await running());
  forgetMail();
}

/** Return the person, once it is known who has signed in. */
export async function whoHasSignedIn(): Promise<User | null> {
  const auth = await running();
  await auth.authStateReady();
  return auth.currentUser;
}

/** Return the id of the person who has signed in; a page that asks is only shown to one. */
export function ownId(): string {
  const uid = user.value?.uid;
  if (uid === undefined) throw new Error('nobody has signed in');
  return uid;
}
