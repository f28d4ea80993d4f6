/** A button that opens the camera, where there can be one. What reads codes is loaded only then. */

import type { ComponentType } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { common } from '../i18n/catalogue.ts';
import { Failed } from '../ui/status.tsx';
import { hasCamera } from './camera.ts';
import type { ScannerProps } from './scanner.tsx';

interface Props {
  readonly label: string;
  /** Return what is wrong with a text that was seen, or nothing: then the scanner closes. */
  readonly onText: (text: string) => string | undefined;
}

export function ScanButton({ label, onText }: Props) {
  const [View, setView] = useState<ComponentType<ScannerProps>>();
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [error, setError] = useState<unknown>();
  /** How often the person has closed the camera: the focus returns to the button then. */
  const [closings, setClosings] = useState(0);
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (closings > 0) button.current?.focus();
  }, [closings]);
  if (!hasCamera()) return null;

  function open(): void {
    setError(undefined);
    setProblem(undefined);
    setOpen(true);
    import('./scanner.tsx').then(
      (loaded) => setView(() => loaded.default),
      (failure: unknown) => {
        setOpen(false);
        setError(failure);
      },
    );
  }

  function close(): void {
    setOpen(false);
    setClosings((before) => before + 1);
  }

  function told(text: string): void {
    const wrong = onText(text);
    setProblem(wrong);
    if (wrong === undefined) setOpen(false); // What follows takes the focus.
  }

  if (isOpen && View) return <View onText={told} onClose={close} problem={problem} />;
  return (
    <>
      <button type="button" class="secondary" aria-disabled={isOpen} onClick={open} ref={button}>
        {isOpen ? `${common().loading} …` : label}
      </button>
      {error !== undefined && <Failed error={error} />}
    </>
  );
}
