/** Sign in with an account that the person has already, at those providers that are set up. */

import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { t } from '../words.ts';
import { leaveFor, providerNames, type ProviderName } from './providers.ts';

export function OtherWays({ back }: { readonly back: string }) {
  const [names, setNames] = useState<readonly ProviderName[]>([]);
  const { isBusy, error, run } = useAction();
  useEffect(() => {
    providerNames().then(setNames, () => undefined); // Then there is the form above.
  }, []);

  if (names.length === 0) return null;
  return (
    <div class="panel">
      {names.map((name) => (
        <button
          type="button"
          class="second"
          key={name}
          aria-disabled={isBusy}
          onClick={() => run(() => leaveFor(name, back))}
        >
          {t().signInBy[name]}
        </button>
      ))}
      {error !== undefined && <Failed error={error} />}
    </div>
  );
}
