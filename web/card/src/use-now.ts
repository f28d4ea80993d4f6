/** The time of a page: it is drawn again at the next moment at which it shows something else. */

import { useEffect, useState } from 'preact/hooks';
import { clockSkew } from '../../shared/api/client.ts';
import { atMoment } from '../../shared/lib/alarm.ts';

/** The API's time: by a clock that is wrong, a code would be shown that no till takes any more. */
export const timeNow = (): number => Date.now() + clockSkew();

/** `next` tells when something else is shown than at a time. */
export function useNow(next: (now: Date) => number): Date {
  const [, draw] = useState(0);
  const now = new Date(timeNow());
  const moment = next(now);
  useEffect(() => atMoment(moment, timeNow, () => draw((turn) => turn + 1)), [moment]);
  return now;
}
