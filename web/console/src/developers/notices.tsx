/** Where a provider or shop sends what happens there. It has to be told of it, and makes the signing secret then. */

import { t } from '../words.ts';
import { Code } from './code.tsx';
import type { SystemKind } from './form-of.ts';
import { storeHere } from './webhooks.tsx';

/** Those that are told the address with each payment, so that nobody has to type it. */
const TOLD = new Set(['custom', 'payabl', 'mollie', 'sumup']);

interface Props {
  readonly kind: SystemKind;
  readonly system: string;
}

export function Notices({ kind, system }: Props) {
  if ((kind !== 'psp' && kind !== 'shop') || TOLD.has(system)) return null;
  const path = kind === 'psp' ? 'pspWebhook' : 'shopWebhook';
  const url = `${location.origin}/${path}/${system}/${encodeURIComponent(storeHere())}`;
  return <Code label={t().developers.connections.notices} text={url} />;
}
