/** Other ways to book than the usual one: from the balance, and with or without the amount. */

import { t } from '../words.ts';

interface Props {
  /** What the balance pays at most, as people read it; nothing if it pays nothing. */
  readonly payable: string | undefined;
  readonly isCodeMissing: boolean;
  readonly canPay: boolean;
  readonly canCount: boolean;
  readonly isByCount: boolean;
  readonly onPay: () => void;
  readonly onSwitch: () => void;
}

/** Below the others, as it comes a moment later: nothing moves away under a finger. */
export function OtherWays({ payable, isCodeMissing, canPay, canCount, isByCount, onPay, onSwitch }: Props) {
  const { count, pay } = t().till;
  return (
    <>
      {canCount && (
        <button type="button" class="plain" onClick={onSwitch}>
          {isByCount ? count.byAmount : count.byCount}
        </button>
      )}
      {payable && canPay && (
        <button type="button" class="secondary" onClick={onPay}>
          {pay.offer(payable)}
        </button>
      )}
      {payable && isCodeMissing && <p class="quiet">{pay.scan}</p>}
    </>
  );
}
