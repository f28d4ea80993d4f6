/** The wallets of phones that a card can be put into: what the operator offers, as the API said last. */

import { signal } from '@preact/signals';
import { keep, recall } from '../../shared/lib/kept.ts';

export type Wallet = 'apple' | 'google';

const NAME = 'wallets';

const offered = signal<readonly Wallet[]>(recall<readonly Wallet[]>(NAME)?.value ?? []);

/** Take what the API says; one that is older than this page says nothing. */
export function offer(wallets: readonly Wallet[] | undefined): void {
  offered.value = keep(NAME, wallets ?? []).value;
}

/** Return those that this device has; one that is no phone may hand a link on to any. */
export function walletsHere(agent: string = navigator.userAgent): readonly Wallet[] {
  if (/android/i.test(agent)) return offered.value.filter((each) => each === 'google');
  if (/iphone|ipad/i.test(agent)) return offered.value.filter((each) => each === 'apple');
  return offered.value;
}
