/** What other systems are called by people. */

import type { components } from '../../../shared/api/schema.gen.ts';
import { t } from '../words.ts';
import type { SystemKind } from './form-of.ts';

type Schemas = components['schemas'];
type Named = Schemas['ProviderName'] | Schemas['SystemName'];

/** `generic` and `custom` are no product: they have words instead. */
const NAMES: Readonly<Record<Exclude<Named, 'generic' | 'custom'>, string>> = {
  adyen: 'Adyen',
  casio: 'CASIO',
  korona: 'KORONA.cloud',
  lexoffice: 'Lexware Office',
  lightspeed: 'Lightspeed',
  mollie: 'Mollie',
  payabl: 'payabl.',
  payone: 'PAYONE',
  sap: 'SAP S/4HANA',
  sevdesk: 'sevdesk',
  shopify: 'Shopify',
  shopware: 'Shopware',
  stripe: 'Stripe',
  sumup: 'SumUp',
  unzer: 'Unzer',
  vectron: 'Vectron',
  weclapp: 'weclapp',
  woocommerce: 'WooCommerce',
  xentral: 'Xentral',
};

/** Return the name of a product by what the API calls it in sentences. */
export function productOf(system: string): string {
  const names: Readonly<Record<string, string>> = NAMES;
  const { others } = t().developers.connections;
  if (system === 'custom') return others.psp;
  return system === 'the generic shop' ? others.shop : (names[system.toLowerCase()] ?? system);
}

/** Return the name of a system; the API's own for one that came after this page was loaded. */
export function nameOf(kind: SystemKind, system: string): string {
  const names: Readonly<Record<string, string>> = NAMES;
  return system === 'generic' || system === 'custom' ? t().developers.connections.others[kind] : (names[system] ?? system);
}
