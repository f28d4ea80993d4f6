/** The code on a white screen that stays on: for a dark counter, and for scanners of bar codes. */

import './bright-code.css';
import { useEffect, useRef } from 'preact/hooks';
import { Qr } from '../../../shared/ui/qr.tsx';
import { CodeText, Until } from '../parts/member-code.tsx';
import { t } from '../words.ts';
import type { ShownCode } from './changing-code.ts';
import { encode128 } from './code128.ts';

export interface BrightCodeProps {
  readonly code: ShownCode;
  readonly onClose: () => void;
}

export default function BrightCode({ code, onClose }: BrightCodeProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(stayOn, []);
  const words = t().code;
  return (
    <dialog ref={dialog} class="bright" aria-label={words.title} onClose={onClose}>
      <Qr text={code.text} label={words.title} />
      <BarCode text={code.text} />
      <CodeText text={code.text} />
      <Until code={code} />
      <button type="button" onClick={() => dialog.current?.close()}>
        {words.close}
      </button>
    </dialog>
  );
}

const BAR_HEIGHT = 60;

function BarCode({ text }: { readonly text: string }) {
  const { width, bars } = encode128(text);
  const path = bars.map(([x, wide]) => `M${x} 0h${wide}v${BAR_HEIGHT}h-${wide}z`).join('');
  return (
    <svg
      viewBox={`0 0 ${width} ${BAR_HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t().code.bars}
      shape-rendering="crispEdges"
      class="bars"
    >
      <rect width={width} height={BAR_HEIGHT} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** Keep the screen on, where the browser can; it ends with the page being hidden, and begins again. */
function stayOn(): () => void {
  const { wakeLock } = navigator as { wakeLock?: WakeLock };
  let lock: WakeLockSentinel | undefined;
  let isOver = false;
  const request = (): void => {
    if (document.hidden || !wakeLock) return;
    wakeLock.request('screen').then(
      (given) => {
        if (isOver) void given.release();
        else lock = given;
      },
      () => undefined, // As with a battery that is nearly empty: the screen goes off as ever.
    );
  };
  request();
  document.addEventListener('visibilitychange', request);
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', request);
    void lock?.release();
  };
}
