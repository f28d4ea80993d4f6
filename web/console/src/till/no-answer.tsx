/** A booking of which nobody knows whether it was carried out: a person sends it again, or lets it be. */

import { exactMoney } from '../../../shared/i18n/format.ts';
import { t } from '../words.ts';
import type { Entry } from './outbox-rules.ts';
import { saleOf } from './sale.ts';

interface Props {
  readonly entry: Entry;
  readonly isBusy: boolean;
  readonly onAgain: () => void;
  readonly onGiveUp: () => void;
}

export function NoAnswer({ entry, isBusy, onAgain, onGiveUp }: Props) {
  const words = t().till;
  const { paid, currency } = entry;
  return (
    <div class="stack" role="alert">
      <p class="large">{saleOf(entry)}</p>
      <p class="problem">{paid ? words.pay.unknown(exactMoney(paid, currency)) : words.unknown}</p>
      <div class="line">
        <button type="button" aria-disabled={isBusy} onClick={onAgain}>
          {words.again}
        </button>
        <button type="button" class="plain" aria-disabled={isBusy} onClick={onGiveUp}>
          {words.giveUp}
        </button>
      </div>
    </div>
  );
}
