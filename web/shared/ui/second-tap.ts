/**
 * The second click of a double click, or tap, lands on whatever has come under the finger meanwhile.
 * Where a click changes what is there, the second one at the same place means nothing.
 */

/** As long as systems wait for the second click of a double click. */
const MS_MAX = 500;
const PIXELS_MAX = 24;

type Tap = Pick<MouseEvent, 'detail' | 'clientX' | 'clientY' | 'timeStamp'>;

let first: Tap | undefined;

/** Tell whether a click is the second one of a pair. One by the keyboard has no place, and `detail` is 0. */
export function isSecondTap(before: Tap | undefined, next: Tap): boolean {
  if (!before || before.detail === 0 || next.detail === 0) return false;
  const isSoon = next.timeStamp - before.timeStamp < MS_MAX;
  return isSoon && Math.hypot(next.clientX - before.clientX, next.clientY - before.clientY) < PIXELS_MAX;
}

/** Let a second click at the place of this one do nothing, whatever stands there then. */
export function ignoreSecondTap(event: MouseEvent): void {
  if (!first) addEventListener('click', ignore, { capture: true });
  first = event;
}

function ignore(event: MouseEvent): void {
  if (!isSecondTap(first, event)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
