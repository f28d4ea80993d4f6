/** `/c/{programId}/receipt`: earn for a purchase afterwards, by the code that is on its receipt. */

import { useRef, useState } from 'preact/hooks';
import { ask, idempotencyKey } from '../../../shared/api/client.ts';
import { isSuspended, type StoreProfile } from '../../../shared/card/model.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import type { MyCard } from '../data.ts';
import type { PageProps } from '../main.tsx';
import { EarnedList, type Earned } from '../parts/earned.tsx';
import { OwnCard } from '../parts/own-card.tsx';
import { ScanOrType } from '../parts/scan-or-type.tsx';
import { Suspended } from '../parts/suspended.tsx';
import { exactMoney, t } from '../words.ts';

export default function ReceiptPage({ id }: PageProps) {
  return (
    <>
      <h1 tabIndex={-1}>{t().receipt.title}</h1>
      <OwnCard programId={id} show={(mine) => <Claims mine={mine} />} />
    </>
  );
}

function Claims({ mine: { membership, store } }: { readonly mine: MyCard }) {
  if (isSuspended(membership)) return <Suspended membership={membership} />;
  return store ? <Receipt store={store} /> : <Closed />;
}

const Closed = () => <p>{t().problem.codes['RECEIPT_CLAIMS_OFF']}</p>;

/** Our own code, or that of a German till's TSE: the API judges the rest. */
const FORM = /^(?:PWB1:|V0;)/;
const CHARS_MAX = 2_000;

interface Claim {
  readonly status: 'claimed' | 'waiting';
  readonly amount: number;
  readonly earned: readonly Earned[];
  /** The person had claimed it before: it is not booked once more. */
  readonly duplicate?: true;
}

function Receipt({ store }: { readonly store: StoreProfile }) {
  const [claim, setClaim] = useState<Claim>();
  const { isBusy, error, clear, run } = useAction();
  const keys = useRef(new Map<string, string>());
  const words = t().receipt;

  function take(text: string): boolean {
    const code = text.trim();
    clear(); // Of another code.
    if (!FORM.test(code) || code.length > CHARS_MAX) return false;
    run(async () => {
      const key = keys.current.get(code) ?? idempotencyKey();
      keys.current.set(code, key);
      const body = { storeId: store.storeId, userId: ownId(), code };
      const headers = { 'Idempotency-Key': key };
      setClaim(await ask((api, signal) => api.POST('/claimReceipt', { body, headers, signal })));
      keys.current.delete(code); // Answered: claimed once more it is another question, such as after waiting.
    });
    return true;
  }

  if (claim) {
    return (
      <>
        <p class="notice" role="status">
          {saidOf(claim, store)}
        </p>
        {claim.status === 'claimed' && <EarnedList earned={claim.earned} store={store} isEarlier={claim.duplicate ?? false} />}
        <button type="button" onClick={() => setClaim(undefined)}>
          {words.another}
        </button>
      </>
    );
  }
  return (
    <>
      <p>{words.note}</p>
      <ScanOrType words={words} read={take} isBusy={isBusy} />
      {isBusy && <Loading />}
      {error !== undefined && <Failed error={error} />}
    </>
  );
}

function saidOf({ status, amount, duplicate }: Claim, { currency }: StoreProfile): string {
  const words = t().receipt;
  if (status === 'waiting') return words.waiting;
  const paid = exactMoney(amount, currency);
  return duplicate ? words.before(paid) : words.done(paid);
}
