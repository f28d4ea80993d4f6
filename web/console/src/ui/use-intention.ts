/** What a person wants to be done once: sent again without an answer, it has the same key. */

import { useRef } from 'preact/hooks';
import { idempotencyKey, isUnknown } from '../../../shared/api/client.ts';

export type CarryOut = <T>(intention: unknown, call: (key: string) => Promise<T>) => Promise<T>;

export function useIntention(): CarryOut {
  /** What was sent and has no answer yet. */
  const open = useRef<{ same: string; key: string } | undefined>(undefined);

  return async (intention, call) => {
    const same = JSON.stringify(intention);
    const key = open.current?.same === same ? open.current.key : idempotencyKey();
    open.current = { same, key };
    try {
      const answer = await call(key);
      open.current = undefined;
      return answer;
    } catch (failure) {
      if (!isUnknown(failure)) open.current = undefined;
      throw failure;
    }
  };
}
