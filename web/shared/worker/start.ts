/** Start an app's service worker, after the page is there, where there can be one. */
export function startWorker(script: string, scope: string): void {
  if (!('serviceWorker' in navigator)) return;
  addEventListener('load', () => {
    // Without it the app works as well, but not without a connection.
    navigator.serviceWorker.register(script, { scope }).catch(() => undefined);
  });
}
