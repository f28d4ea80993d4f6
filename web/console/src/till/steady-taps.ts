/** A fast second tap presses nothing that has moved under the finger since the first one. */

/** So long after a change of the page nobody has seen yet what is under the finger now. */
const UNSEEN_MS = 400;
/** A tap that comes later is no second tap. */
const SECOND_MS = 2_500;
/** A finger lands so far from where it was, in pixels. */
const NEAR = 48;

interface Tap {
  readonly at: number;
  readonly x: number;
  readonly y: number;
  readonly target: Element | null;
}

/** Begin to watch the page; return what ends it. Keys and scripts press what they mean: they are let through. */
export function steadyTaps(page: HTMLElement): () => void {
  let changedAt = 0;
  let last: Tap | undefined;
  const watcher = new MutationObserver((changes) => {
    if (changes.some(isOfLayout)) changedAt = performance.now();
  });
  watcher.observe(page, { childList: true, subtree: true });

  function onClick(event: MouseEvent): void {
    if (!event.isTrusted || event.detail === 0) return;
    const target = event.target instanceof Element ? event.target.closest('a, button, input, select, summary') : null;
    const tap = { at: performance.now(), x: event.clientX, y: event.clientY, target };
    const isMoved = isSecond(last, tap) && target !== last?.target && tap.at - changedAt < UNSEEN_MS;
    last = tap;
    if (!isMoved) return;
    event.preventDefault();
    event.stopPropagation();
  }
  document.addEventListener('click', onClick, { capture: true });
  return () => {
    watcher.disconnect();
    document.removeEventListener('click', onClick, { capture: true });
  };
}

function isSecond(last: Tap | undefined, tap: Tap): boolean {
  return last !== undefined && tap.at - last.at < SECOND_MS && Math.hypot(tap.x - last.x, tap.y - last.y) < NEAR;
}

/** Texts of a status change without moving anything that can be pressed. */
const isOfLayout = ({ addedNodes, removedNodes }: MutationRecord): boolean =>
  [...addedNodes, ...removedNodes].some((node) => node instanceof Element);
