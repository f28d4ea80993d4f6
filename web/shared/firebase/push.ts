/**
 * By what Cloud Messaging knows this browser. It loads the SDK, so it is itself loaded when somebody
 * asks for messages.
 */

import { getApps, initializeApp, type FirebaseApp } from 'firebase/app';
import { deleteInstallations, getInstallations } from 'firebase/installations';
import { getMessaging, onRegistered, register } from 'firebase/messaging';
import { environment } from './environment.ts';

const NAME = 'push';

/** The session's app does not know which web app it is: nothing else needs that. */
async function app(): Promise<FirebaseApp> {
  const { projectId, apiKey, appId, messagingSenderId } = await environment();
  if (!appId || !messagingSenderId) throw new Error('init.json names no web app');
  const known = getApps().find((each) => each.name === NAME);
  return known ?? initializeApp({ projectId, apiKey, appId, messagingSenderId }, NAME);
}

/** Register this browser for messages, and return the installation id to which they are sent. */
export async function registration(vapidKey: string): Promise<string> {
  const messaging = getMessaging(await app());
  // The card's own worker shows them, instead of one that the SDK would look for.
  const serviceWorkerRegistration = await navigator.serviceWorker.ready;
  let stop = (): void => undefined;
  const registered = new Promise<string>((resolve) => {
    stop = onRegistered(messaging, resolve);
  });
  try {
    await register(messaging, { vapidKey, serviceWorkerRegistration });
    return await registered;
  } finally {
    stop();
  }
}

/** Let nothing arrive here any more, and forget the id: whoever is next gets another one. */
export async function endRegistration(): Promise<void> {
  const worker = await navigator.serviceWorker.getRegistration();
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
  await deleteInstallations(getInstallations(await app()));
}
