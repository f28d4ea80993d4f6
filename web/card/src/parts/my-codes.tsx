/** Codes of rewards that the person has bought and nobody has used yet, and where each one works. */

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { Qr } from '../../../shared/ui/qr.tsx';
import { t } from '../words.ts';

interface Code {
  readonly redemptionId: string;
  readonly rewardCode: string | null;
  readonly rewardDescription: string;
  readonly shop: { readonly state: 'pending' | 'active' | 'failed' | 'revoked' | 'used' } | null;
}

interface Props {
  readonly programId: string;
  /** Changes with each booking: then the codes are read again. */
  readonly newest: string | undefined;
}

export function MyCodes({ programId, newest }: Props) {
  const [codes, setCodes] = useState<readonly Code[]>([]);

  useEffect(() => {
    let isOver = false;
    read(programId).then(
      (found) => {
        if (!isOver) setCodes(found);
      },
      () => undefined, // Without a connection, those that were read before stay.
    );
    return () => {
      isOver = true;
    };
  }, [programId, newest]);

  if (codes.length === 0) return null;
  return (
    <section class="stack">
      <h2>{t().codes.title}</h2>
      <ul class="plain-list">
        {codes.map((each) => (
          <li key={each.redemptionId} class="code">
            <h3>{each.rewardDescription}</h3>
            {each.shop === null ? <AtTheTill code={each.rewardCode ?? ''} /> : <InTheShop code={each} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

async function read(programId: string): Promise<readonly Code[]> {
  const body = { programId, userId: ownId(), status: 'redeemed' as const };
  const found = await ask((api, signal) => api.POST('/listRedemptions', { body, signal }));
  return found.redemptions.filter((each) => each.rewardCode !== null);
}

function AtTheTill({ code }: { readonly code: string }) {
  return (
    <>
      <Qr text={code} label={t().rewards.hold} />
      <p class="text">{code}</p>
      <p>{t().rewards.hold}</p>
    </>
  );
}

function InTheShop({ code }: { readonly code: Code }) {
  const state = code.shop?.state ?? 'pending';
  return (
    <>
      <p class="text">{code.rewardCode}</p>
      <p>{state === 'revoked' || state === 'used' ? t().codes.over : t().rewards.shopCode}</p>
      {state === 'pending' && <p>{t().codes.soon}</p>}
      {state === 'failed' && <p class="problem">{t().codes.failed}</p>}
    </>
  );
}
