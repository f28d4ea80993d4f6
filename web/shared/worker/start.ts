/** Start the service worker, after the page is there, where there is one. */
export function startWorker(): void {
  if (!('serviceWorker' in navigator)) return;
  addEventListener('load', () => {
    // Without it the card works as well, but not without a connection.
    navigator.serviceWorker.register('/sw.js').catch(() => undefined);
  });
}
