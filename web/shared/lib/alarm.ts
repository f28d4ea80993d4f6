/** Something that is to be done at a moment, also where the device sleeps until later. */

/** A timer stands still while a device sleeps, and not every device says when it wakes. */
const LOOK_MS_MAX = 60_000;

/**
 * Call `act` at `moment`, or as soon as the device can after it, and each minute from then on, until
 * the function that is returned is called. Both `moment` and `now` are milliseconds since 1970.
 */
export function atMoment(moment: number, now: () => number, act: () => void): () => void {
  if (moment === Infinity) return () => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function look(): void {
    clearTimeout(timer);
    const left = moment - now();
    timer = setTimeout(look, left > 0 ? Math.min(left, LOOK_MS_MAX) : LOOK_MS_MAX);
    if (left <= 0) act();
  }
  look();
  document.addEventListener('visibilitychange', look);
  addEventListener('pageshow', look);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
    removeEventListener('pageshow', look);
  };
}
