/** Where somebody goes on who has signed in. */

import { partsOf } from '../../../shared/lib/router.ts';
import { ownPath } from '../../../shared/lib/safe-url.ts';

const FIRST = '/cards';
const PAGE = 'sign-in';

/** Return the page of ours that is named; the first one for anything else, and for the form itself. */
export function backOf(named: string | null): string {
  const path = ownPath(named, FIRST);
  const [pathname = ''] = path.split(/[?#]/);
  return partsOf(pathname)[0] === PAGE ? FIRST : path;
}

/** Return the address of the form, with this way back. */
export const pathOf = (back: string): string => `/${PAGE}?${new URLSearchParams({ back }).toString()}`;
