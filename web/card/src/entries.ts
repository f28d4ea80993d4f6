/** How a card says what was booked: the history, and what arrives while somebody looks. */

import { entryText, goodsBackText } from '../../shared/card/entry-texts.ts';
import type { Entry } from '../../shared/card/model.ts';
import { t } from './words.ts';

/** What an entry has changed, now or later: of what is pending the balance knows nothing yet. */
export const changeOf = ({ units, pendingUnits }: Entry): number => (units === 0 ? (pendingUnits ?? 0) : units);

/** What an entry was for, by the words of the till, or else by its kind. */
export function titleOf(entry: Entry): string {
  const back = entry.kind === 'reverse' && changeOf(entry) < 0 ? goodsBackText(entry) : undefined;
  return back ?? (entryText(entry) || kindOf(entry));
}

/** What kind an entry is; what takes back a spending gives something. */
export function kindOf(entry: Entry): string {
  const { kinds, givenBack } = t().history;
  return entry.kind === 'reverse' && changeOf(entry) > 0 ? givenBack : (kinds[entry.kind] ?? '');
}
