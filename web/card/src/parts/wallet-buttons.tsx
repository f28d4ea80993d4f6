/** Put the card into the wallet of the phone: Apple's opens the pass itself, Google's its own page. */

import './wallet-buttons.css';
import { ask } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import type { Wallet } from '../wallets.ts';
import { t } from '../words.ts';

export interface ButtonsProps {
  readonly programId: string;
  readonly wallets: readonly Wallet[];
}

export default function WalletButtons({ programId, wallets }: ButtonsProps) {
  const { isBusy, error, run } = useAction();

  async function add(wallet: Wallet): Promise<void> {
    const body = { programId, userId: ownId(), wallet };
    const { url } = await ask((api, signal) => api.POST('/addToWallet', { body, signal }));
    location.assign(url);
  }

  return (
    <div class="wallets">
      {wallets.map((each) => (
        <button
          key={each}
          type="button"
          aria-disabled={isBusy}
          onClick={() => run(() => add(each))}
        >
          {t().wallet[each]}
        </button>
      ))}
      {error !== undefined && <Failed error={error} />}
    </div>
  );
}
