/** Who has signed in, and the token that proves it. The SDK keeps the session; we keep nothing. */

import { signal } from '@preact/signals';
import { initializeApp } from 'firebase/app';
import {
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
  isSignInWithEmailLink,
  onAuthStateChanged,
  sendSignInLinkToEmail,
  signInWithEmailAndPassword,
  signInWithEmailLink,
  signOut as leave,
  type Auth,
  type User,
} from 'firebase/auth';
import { forget } from '../lib/kept.ts';
import { environment } from './environment.ts';

/** The person; `null` if nobody has signed in, `undefined` until that is known. */
export const user = signal<User | null | undefined>(undefined);

const EMAIL_KEY = 'punktwerk.sign-in-email';
let starting: Promise<Auth> | undefined;

export function startSession(): Promise<Auth> {
  starting ??= start();
  return starting;
}

async function start(): Promise<Auth> {
  const { emulators, ...config } = await environment();
  const options = { projectId: config.projectId, apiKey: config.apiKey };
  const app = initializeApp(config.authDomain ? { ...options, authDomain: config.authDomain } : options);
  const auth = initializeAuth(app, { persistence: indexedDBLocalPersistence });
  if (emulators) connectAuthEmulator(auth, `http://${emulators.auth}`, { disableWarnings: true });
  onAuthStateChanged(auth, (found) => {
    user.value = found;
  });
  return auth;
}

/** Return the token for the next call; it is new if the last one is over. */
export async function idToken(): Promise<string | null> {
  const auth = await startSession();
  await auth.authStateReady();
  return auth.currentUser ? auth.currentUser.getIdToken() : null;
}

/** Mail a link that signs in whoever opens it in this browser, and leads to `back`. */
export async function mailLink(email: string, back: string): Promise<void> {
  const url = new URL('/sign-in', location.origin);
  url.searchParams.set('back', back);
  await sendSignInLinkToEmail(await startSession(), email, { url: url.href, handleCodeInApp: true });
  localStorage.setItem(EMAIL_KEY, email);
}

/** Tell whether this address is that of a mailed link. */
export async function isMailedLink(): Promise<boolean> {
  return isSignInWithEmailLink(await startSession(), location.href);
}

/** The address to which this browser has asked for a link; the person is asked for it otherwise. */
export function mailedTo(): string | null {
  return localStorage.getItem(EMAIL_KEY);
}

export async function openLink(email: string): Promise<void> {
  await signInWithEmailLink(await startSession(), email, location.href);
  localStorage.removeItem(EMAIL_KEY);
}

export async function signInByPassword(email: string, password: string): Promise<void> {
  await signInWithEmailAndPassword(await startSession(), email, password);
}

export async function signOut(): Promise<void> {
  forget();
  await leave(await startSession());
}

/** Return the id of the person who has signed in; a page that asks is only shown to one. */
export function ownId(): string {
  const uid = user.value?.uid;
  if (uid === undefined) throw new Error('nobody has signed in');
  return uid;
}
