/** `/cards`: the cards of the person who has signed in. */

import { isConnected } from '../../../shared/api/connection.ts';
import { user } from '../../../shared/firebase/session.ts';
import { keptCards, readCards, type MyCard } from '../data.ts';
import { LoyaltyCard } from '../../../shared/card/loyalty-card.tsx';
import { nextChange } from '../../../shared/card/moments.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { AsOf } from '../parts/as-of.tsx';
import { LeftStores } from '../parts/left-stores.tsx';
import { SignOut } from '../parts/sign-out.tsx';
import { useKept } from '../use-kept.ts';
import { useNow } from '../use-now.ts';
import { t } from '../words.ts';

export default function Cards() {
  const person = user.value;
  return (
    <>
      <h1 tabIndex={-1}>{t().cards.title}</h1>
      {person === undefined && <Loading />}
      {person === null && (
        <div class="panel">
          <p>{t().cards.signIn}</p>
          <a class="button" href="/sign-in?back=/cards">
            {t().signIn.title}
          </a>
        </div>
      )}
      {person && <Mine uid={person.uid} key={person.uid} />}
    </>
  );
}

function Mine({ uid }: { readonly uid: string }) {
  const { kept, error, reload } = useKept(uid, () => keptCards(uid), () => readCards(uid));
  if (!kept) return error === undefined ? <Loading /> : <Failed error={error} retry={reload} />;
  return (
    <>
      {(error !== undefined || !isConnected.value) && <AsOf at={kept.at} />}
      {kept.value.length === 0 && (
        <div class="panel">
          <p>{t().cards.none}</p>
          <a class="button" href="/check-in">
            {t().checkIn.scan}
          </a>
        </div>
      )}
      <ul class="plain-list cards">
        {kept.value.map((each) => (
          <li key={each.membership.membershipId}>
            <Row mine={each} />
          </li>
        ))}
      </ul>
      <section class="panel links">
        <LeftStores uid={uid} />
        <SignOut />
      </section>
    </>
  );
}

function Row({ mine: { membership, store, card, ended } }: { readonly mine: MyCard }) {
  const link = `/c/${encodeURIComponent(membership.programId)}`;
  const face = card ?? ended;
  const now = useNow((time) => (face ? nextChange(face, membership, time) : Infinity));
  return (
    <a href={link} class="card-link">
      {face ? (
        <LoyaltyCard card={face} membership={membership} store={store?.name} hasEnded={!card} now={now} />
      ) : (
        <p class="panel">
          {store?.name ?? t().cards.title}: {t().face.ended}
        </p>
      )}
    </a>
  );
}
