/** Codes of rewards that the person has bought and nobody has used yet, and where each one works. */

import type { Membership } from '../../../shared/card/model.ts';
import { Qr } from '../../../shared/ui/qr.tsx';
import { t } from '../words.ts';
import { useCodes, type Code } from './use-codes.ts';

export function MyCodes({ membership }: { readonly membership: Membership }) {
  const codes = useCodes(membership);
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
