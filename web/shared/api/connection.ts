/** Whether the API can be reached, as far as that is known: a network alone may lead nowhere. */

import { signal } from '@preact/signals';

export const isConnected = signal(navigator.onLine);

addEventListener('online', () => {
  isConnected.value = true; // The next call shows it.
});
addEventListener('offline', () => {
  isConnected.value = false;
});
