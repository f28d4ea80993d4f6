/**
 * The codes of a card that nobody has used yet. A till that hands a reward out at once redeems it and
 * uses its code a moment later: so each code is watched while it is shown, and gone when it is used.
 */

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { Membership } from '../../../shared/card/model.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { useLatest } from '../../../shared/lib/use-latest.ts';
import { watchRedemption } from '../data.ts';

export interface Code {
  readonly redemptionId: string;
  readonly rewardCode: string | null;
  readonly rewardDescription: string;
  readonly shop: { readonly state: 'pending' | 'active' | 'failed' | 'revoked' | 'used' } | null;
}

export function useCodes({ membershipId, programId, recent }: Membership): readonly Code[] {
  const [codes, setCodes] = useState<readonly Code[]>([]);
  // An answer may be older than what was seen by watching.
  const over = useRef(new Set<string>());
  const newest = recent[0]?.entryId;

  const follow = useLatest();
  const reload = useCallback(() => {
    follow(readCodes(programId), (found) => setCodes(found.filter((each) => !over.current.has(each.redemptionId))));
  }, [programId]);

  useEffect(reload, [reload, newest]);
  useEffect(() => {
    // What watches may have been cut off meanwhile.
    const wake = (): void => {
      if (!document.hidden) reload();
    };
    document.addEventListener('visibilitychange', wake);
    addEventListener('online', wake);
    return () => {
      document.removeEventListener('visibilitychange', wake);
      removeEventListener('online', wake);
    };
  }, [reload]);

  const shown = codes.map((each) => each.redemptionId).join(' ');
  useEffect(() => {
    const ids = shown === '' ? [] : shown.split(' ');
    const stops = ids.map((id) =>
      watchRedemption(membershipId, id, () => {
        over.current.add(id);
        setCodes((now) => now.filter((each) => each.redemptionId !== id));
      }).catch(() => () => undefined),
    );
    return () => stops.forEach((each) => void each.then((stop) => stop()));
  }, [membershipId, shown]);

  return codes;
}

async function readCodes(programId: string): Promise<readonly Code[]> {
  const body = { programId, userId: ownId(), status: 'redeemed' as const };
  const found = await ask((api, signal) => api.POST('/listRedemptions', { body, signal }));
  return found.redemptions.filter((each) => each.rewardCode !== null);
}
