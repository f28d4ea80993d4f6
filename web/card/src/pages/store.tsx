/** `/s/{storeId}`: who a store is and what its programs offer, for everybody; and to join them. */

import { useState } from 'preact/hooks';
import { safeUrl } from '../../../shared/lib/safe-url.ts';
import { keptProfile, readProfile } from '../data.ts';
import { LoyaltyCard } from '../../../shared/card/loyalty-card.tsx';
import type { PageProps } from '../main.tsx';
import { cardsOf, type ProgramCard, type StoreProfile } from '../../../shared/card/model.ts';
import { nextChange } from '../../../shared/card/moments.ts';
import { go } from '../../../shared/lib/router.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { takeJoining } from '../joining.ts';
import { GetsAddress, Join, JoinNote } from '../parts/join.tsx';
import { NotFound } from '../parts/not-found.tsx';
import { useKept } from '../use-kept.ts';
import { keptPrograms, useMine } from '../use-mine.ts';
import { useNow } from '../use-now.ts';
import { t } from '../words.ts';

export default function Store({ id }: PageProps) {
  const { kept, error, reload } = useKept(id, () => keptProfile(id), () => readProfile(id));
  if (kept === null) return <NotFound title={t().store.notFound} />;
  if (!kept) return error === undefined ? <Loading /> : <Failed error={error} retry={reload} />;
  return <Profile store={kept.value} />;
}

function Profile({ store }: { readonly store: StoreProfile }) {
  const [read] = useMine();
  // What was kept is there at once, so that no button changes under a finger.
  const mine = read ?? keptPrograms();
  const [asked] = useState(takeJoining);
  const friendsCode = new URLSearchParams(location.search).get('referralCode') ?? '';
  const logo = safeUrl(store.logo);
  const cards = cardsOf(store);
  const now = useNow((time) => Math.min(...cards.map((each) => nextChange(each, undefined, time))));
  // What a friend has told of comes first.
  const shown = friendsCode ? [...cards.filter((each) => each.referral), ...cards.filter((each) => !each.referral)] : cards;
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
      {shown.some((each) => !mine?.has(each.programId)) && <GetsAddress />}
      <ul class="plain-list offers">
        {shown.map((card) => (
          <li key={card.programId} class="stack">
            <LoyaltyCard card={card} now={now} />
            {mine?.has(card.programId) ? (
              <Open card={card} />
            ) : (
              <Join
                card={card}
                store={store}
                friendsCode={asked?.friendsCode || friendsCode}
                isAsked={asked?.programId === card.programId}
                onJoined={() => go(`/c/${encodeURIComponent(card.programId)}`)}
              />
            )}
          </li>
        ))}
      </ul>
      {cards.length > 0 && <JoinNote store={store} />}
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
