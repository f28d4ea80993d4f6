/** Where the operator offers wallets: their buttons, which are loaded only then. */

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { walletsHere } from '../wallets.ts';
import type { ButtonsProps } from './wallet-buttons.tsx';

export function Wallets({ programId }: { readonly programId: string }) {
  const [Buttons, setButtons] = useState<ComponentType<ButtonsProps>>();
  const wallets = walletsHere();
  const isOffered = wallets.length > 0;

  useEffect(() => {
    if (!isOffered) return;
    import('./wallet-buttons.tsx').then(
      (loaded) => setButtons(() => loaded.default),
      () => undefined, // The card is whole without them; the next visit tries again.
    );
  }, [isOffered]);

  return isOffered && Buttons ? <Buttons programId={programId} wallets={wallets} /> : null;
}
