/** `/cards`: the cards of the person who has signed in. */

import { user } from '../../../shared/firebase/session.ts';
import { keptCards, readCards, type MyCard } from '../data.ts';
import { LoyaltyCard } from '../../../shared/card/loyalty-card.tsx';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { LeftStores } from '../parts/left-stores.tsx';
import { useKept } from '../use-kept.ts';
import { moment, t } from '../words.ts';

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
      {error !== undefined && (
        <p class="quiet">
          {t().card.from} <time dateTime={new Date(kept.at).toISOString()}>{moment(new Date(kept.at))}</time>
        </p>
      )}
      {kept.value.length === 0 && <p class="panel">{t().cards.none}</p>}
      <ul class="plain-list">
        {kept.value.map((each) => (
          <li key={each.membership.membershipId}>
            <Row mine={each} />
          </li>
        ))}
      </ul>
      <LeftStores uid={uid} />
    </>
  );
}

function Row({ mine: { membership, store, card } }: { readonly mine: MyCard }) {
  const link = `/c/${encodeURIComponent(membership.programId)}`;
  if (!card) return <a href={link}>{store?.name ?? membership.programId}</a>;
  return (
    <a href={link} class="card-link">
      <LoyaltyCard card={card} membership={membership} store={store?.name} />
    </a>
  );
}
