/** Copy a text, and say so for a moment. Where the browser refuses, nothing is said: the text can be marked. */

import { useEffect, useState } from 'preact/hooks';

const SAID_MS = 4_000;

export function useCopy(): { readonly isCopied: boolean; readonly copy: (text: string) => void } {
  const [copies, setCopies] = useState(0);
  const [isCopied, setCopied] = useState(false);

  useEffect(() => {
    if (copies === 0) return undefined;
    setCopied(true);
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copies]);

  function copy(text: string): void {
    navigator.clipboard.writeText(text).then(
      () => setCopies((before) => before + 1),
      () => setCopied(false),
    );
  }
  return { isCopied, copy };
}
