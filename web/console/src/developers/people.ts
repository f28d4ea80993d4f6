/** Who did what: the names of the staff, as far as the person may know them. */

import { ask } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { may } from '../access.ts';
import { t } from '../words.ts';

export type Names = ReadonlyMap<string, string>;

export async function namesOfStaff(): Promise<Names> {
  const names = new Map<string, string>();
  if (may('listStaff')) {
    const found = await ask((api, signal) => api.POST('/listStaff', { body: {}, signal }));
    for (const each of found.staff) names.set(each.userId, each.label || each.userId);
  }
  return names.set(ownId(), t().developers.keys.you);
}
