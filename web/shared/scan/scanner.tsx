/** The camera's picture with a frame for the code. It tells each text once, until it is closed. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { common } from '../i18n/catalogue.ts';
import { CameraError, closeCamera, openCamera } from './camera.ts';
import { openDecoder } from './decoder.ts';
import './scan.css';

export interface ScannerProps {
  /** A text that was seen: it is data, and may be anything. Close the scanner when it is of use. */
  readonly onText: (text: string) => void;
  readonly onClose: () => void;
  /** What was wrong with the last text, if it was of no use. */
  readonly problem?: string | undefined;
}

type State = 'starting' | 'looking' | 'denied' | 'none' | 'busy';

/** Between two looks: quick enough for a person, and it leaves a cheap phone time for the picture. */
const PAUSE_MS = 120;
/** The same code in front of the camera is told again only after this. */
const SAME_AFTER_MS = 3000;

export default function Scanner({ onText, onClose, problem }: ScannerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const tell = useRef(onText);
  const leave = useRef(onClose);
  const button = useRef<HTMLButtonElement>(null);
  tell.current = onText;
  leave.current = onClose;
  const [state, setState] = useState<State>('starting');
  const words = common().scan;

  useLayoutEffect(() => button.current?.focus(), []);
  useEffect(function watch() {
    const scan = new AbortController();
    look(video, (text) => tell.current(text), setState, scan.signal).catch((error: unknown) => {
      if (!scan.signal.aborted) setState(error instanceof CameraError ? error.trouble : 'busy');
    });
    // Nobody looks at it: the camera is not left on.
    const hidden = (): void => {
      if (document.hidden) leave.current();
    };
    document.addEventListener('visibilitychange', hidden);
    return () => {
      scan.abort();
      document.removeEventListener('visibilitychange', hidden);
    };
  }, []);

  const isRunning = state === 'starting' || state === 'looking';
  return (
    <section class="scanner" aria-label={words.title}>
      {isRunning && (
        <div class="scanner-picture">
          <video ref={video} muted playsInline aria-label={words.picture} />
          <span class="scanner-frame" />
        </div>
      )}
      <p role="status">{words[state]}</p>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <button type="button" class="plain" onClick={onClose} ref={button}>
        {words.close}
      </button>
    </section>
  );
}

/** Look for codes until the signal says so; the camera is off afterwards. */
async function look(
  video: { readonly current: HTMLVideoElement | null },
  tell: (text: string) => void,
  show: (state: State) => void,
  signal: AbortSignal,
): Promise<void> {
  const [stream, decode] = await Promise.all([openCamera(), openDecoder()]);
  const view = video.current;
  if (signal.aborted || !view) {
    closeCamera(stream);
    return;
  }
  signal.addEventListener('abort', () => closeCamera(stream));
  view.srcObject = stream;
  await view.play();
  show('looking');
  let last = { text: '', at: 0 };
  while (!isOver(signal)) {
    const text = await decode(view).catch(() => null); // No picture yet: the next look has one.
    if (isOver(signal)) return;
    const isNew = text !== last.text || Date.now() - last.at > SAME_AFTER_MS;
    if (text && isNew) {
      last = { text, at: Date.now() };
      tell(text);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** A call, as the compiler would hold that what it has seen once stays so. */
const isOver = (signal: AbortSignal): boolean => signal.aborted;
