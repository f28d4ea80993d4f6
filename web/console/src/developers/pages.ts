/** The pages of the developers' section, each loaded when it is opened. */

import { may } from '../access.ts';
import type { Words } from '../i18n/en.ts';
import { loadHints } from './hints.ts';
import { loadSentences } from './sentences.tsx';
import type { Page } from '../sections.ts';

interface DevelopersPage {
  readonly id: keyof Words['developers']['pages'];
  readonly needs: readonly string[];
  readonly load: () => Promise<Page>;
}

const PAGES: readonly DevelopersPage[] = [
  { id: 'keys', needs: ['listApiKeys'], load: () => import('./keys.tsx') },
  { id: 'webhooks', needs: ['listWebhookEndpoints'], load: () => import('./webhooks.tsx') },
  { id: 'events', needs: ['listEvents'], load: () => import('./events.tsx') },
  { id: 'payments', needs: ['listPayments'], load: async () => (await loadSentences(), import('./payments.tsx')) },
  { id: 'connections', needs: ['getSyncStatus'], load: async () => (await Promise.all([loadHints(), loadSentences()]), import('./connections.tsx')) },
  { id: 'try', needs: ['listApiKeys'], load: () => import('./try.tsx') },
];

export const openPages = (): readonly DevelopersPage[] => PAGES.filter((each) => may(...each.needs));

/** Load the page that the address names; the first one where it names none. */
export function loadDevelopersPage(id: string): Promise<Page> {
  const open = openPages();
  const found = open.find((each) => each.id === id) ?? open[0];
  return found ? found.load() : import('./keys.tsx');
}
