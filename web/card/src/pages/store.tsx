/** `/s/{storeId}`: who a store is and what its programs offer, for everybody; and to join them. */

import { useEffect, useState } from 'preact/hooks';
import { ask, idempotencyKey } from '../../../shared/api/client.ts';
import { ownId, user } from '../../../shared/firebase/session.ts';
import { safeUrl } from '../../../shared/lib/safe-url.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { keptProfile, readCards, readProfile } from '../data.ts';
import { LoyaltyCard } from '../../../shared/card/loyalty-card.tsx';
import type { PageProps } from '../main.tsx';
import { cardsOf, type ProgramCard, type StoreProfile } from '../../../shared/card/model.ts';
import { go, path } from '../../../shared/lib/router.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { useKept } from '../use-kept.ts';
import { t } from '../words.ts';

export default function Store({ id }: PageProps) {
  const { kept, error, reload } = useKept(id, () => keptProfile(id), () => readProfile(id));
  if (kept === null) return <h1 tabIndex={-1}>{t().store.notFound}</h1>;
  if (!kept) return error === undefined ? <Loading /> : <Failed error={error} retry={reload} />;
  return <Profile store={kept.value} />;
}

function Profile({ store }: { readonly store: StoreProfile }) {
  const mine = useMine();
  const logo = safeUrl(store.logo);
  const cards = cardsOf(store);
  return (
    <>
      <div class="store">
        {logo && <img src={logo} alt="" width="56" height="56" />}
        <div>
          <h1 tabIndex={-1}>{store.name}</h1>
          {store.address && <p class="quiet address">{store.address}</p>}
        </div>
      </div>
      {cards.length === 0 && <p class="panel">{t().store.noPrograms}</p>}
      <ul class="plain-list">
        {cards.map((card) => (
          <li key={card.programId} class="stack">
            <LoyaltyCard card={card} />
            {mine?.has(card.programId) ? <Open card={card} /> : <Join card={card} />}
          </li>
        ))}
      </ul>
      {cards.length > 0 && <p class="quiet">{t().store.joinNote(store.name)}</p>}
    </>
  );
}

function Open({ card }: { readonly card: ProgramCard }) {
  return (
    <a class="button" href={`/c/${encodeURIComponent(card.programId)}`}>
      {t().store.open}
      <span class="for-readers">: {card.programName}</span>
    </a>
  );
}

function Join({ card }: { readonly card: ProgramCard }) {
  const [key] = useState(idempotencyKey);
  const { isBusy, error, run } = useAction();

  function join(): void {
    if (user.value === null) {
      go(`/sign-in?back=${encodeURIComponent(path.value)}`);
      return;
    }
    run(async () => {
      const body = { programId: card.programId, userId: ownId() };
      const headers = { 'Idempotency-Key': key };
      await ask((api, signal) => api.POST('/enrollInLoyaltyProgram', { body, headers, signal }));
      go(`/c/${encodeURIComponent(card.programId)}`);
    });
  }

  return (
    <>
      <button type="button" aria-disabled={isBusy} onClick={join}>
        {t().store.join}
        <span class="for-readers">: {card.programName}</span>
      </button>
      {error !== undefined && <Failed error={error} />}
    </>
  );
}

/** Return the programs that the person has joined; nothing until that is known. */
function useMine(): ReadonlySet<string> | undefined {
  const [mine, setMine] = useState<ReadonlySet<string>>();
  const uid = user.value?.uid;
  useEffect(() => {
    setMine(undefined);
    if (uid === undefined) return;
    readCards(uid).then(
      (kept) => setMine(new Set(kept.value.map((each) => each.membership.programId))),
      () => undefined, // Then joining again shows the card that is there.
    );
  }, [uid]);
  return mine;
}
