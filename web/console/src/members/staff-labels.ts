/** Who has booked an entry, as far as the person may know: their colleagues by their labels. */

import { ask } from '../../../shared/api/client.ts';
import { account, may } from '../access.ts';
import { t } from '../words.ts';
import type { Entry } from './history.tsx';

/** By the ids of sign-ins. */
export type Labels = ReadonlyMap<string, string>;

let known: { readonly accountId: string | undefined; readonly labels: Promise<Labels> } | undefined;

/** Read the labels, once for all cards that are shown. Without the right to, nobody has one. */
export function readStaff(): Promise<Labels> {
  if (!may('listStaff')) return Promise.resolve(new Map());
  const accountId = account.value?.accountId;
  if (known?.accountId !== accountId) {
    const labels = ask((api, signal) => api.POST('/listStaff', { body: {}, signal })).then(
      ({ staff }) => new Map(staff.map((each) => [each.userId, each.label])),
      () => new Map<string, string>(), // A history without names is better than none.
    );
    known = { accountId, labels };
  }
  return known?.labels ?? Promise.resolve(new Map());
}

/** Return what follows the time of an entry; nothing if a customer or time did it. */
export function bookerOf(entry: Entry, labels: Labels): string {
  const words = t().member;
  const label = entry.staffId && labels.get(entry.staffId);
  const roles: Readonly<Record<string, string>> = t().shell.roles;
  const actor = entry.actor && (roles[entry.actor] ?? entry.actor);
  const who = label || actor || (entry.staffId ? words.staff : entry.source);
  return who ? ` · ${who}` : '';
}
