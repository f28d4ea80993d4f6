/** By which e-mail address the shop finds the person; and to give it the one of the sign-in. */

import { useRef, useState } from 'preact/hooks';
import { ask, idempotencyKey } from '../../../shared/api/client.ts';
import { ownId, user } from '../../../shared/firebase/session.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { takeOver } from '../take-over.ts';
import { t } from '../words.ts';

export function MyAddress({ storeId }: { readonly storeId: string }) {
  /** What the shop has; `null` for none, and nothing until it was asked for. */
  const [known, setKnown] = useState<string | null>();
  const [wasGiven, setGiven] = useState(false);
  const key = useRef(idempotencyKey());
  const { error, isBusy, run } = useAction();
  const words = t().address;
  const own = user.value?.emailVerified ? user.value.email : null;

  async function give(): Promise<void> {
    const body = { storeId, userId: ownId() };
    await takeOver(storeId, body.userId, key.current);
    await ask((api, signal) => api.POST('/updateMember', { body, signal }));
    key.current = idempotencyKey();
    setKnown(await read(storeId));
    setGiven(true);
  }

  if (known === undefined) {
    return (
      <>
        <button type="button" class="plain" onClick={() => run(async () => setKnown(await read(storeId)))}>
          {words.title}
        </button>
        {error !== undefined && <Failed error={error} />}
      </>
    );
  }
  const isOwn = own !== null && known !== null && sameAddress(known, own);
  return (
    <>
      <p role="status">{known === null ? words.none : words.known(known)}</p>
      {!isOwn && own !== null && wasGiven && <p class="problem">{words.taken(own)}</p>}
      {!isOwn && own !== null && !wasGiven && (
        <button type="button" aria-disabled={isBusy} onClick={() => run(give)}>
          {words.give(own)}
        </button>
      )}
      {!isOwn && own !== null && !wasGiven && <p class="quiet">{words.note}</p>}
      {known === null && own === null && <p class="quiet">{words.unverified}</p>}
      {error !== undefined && <Failed error={error} />}
    </>
  );
}

const sameAddress = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

async function read(storeId: string): Promise<string | null> {
  const body = { storeId, userId: ownId() };
  const { member } = await ask((api, signal) => api.POST('/getMember', { body, signal }));
  return member.email;
}
