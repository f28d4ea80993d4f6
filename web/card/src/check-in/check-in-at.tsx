/** Check in at one store: who has no card of it on which visits count gets one first. */

import { LoyaltyCard } from '../../../shared/card/loyalty-card.tsx';
import { cardsOf, type ProgramCard, type StoreProfile } from '../../../shared/card/model.ts';
import { user } from '../../../shared/firebase/session.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { keptProfile, readProfile } from '../data.ts';
import { GetsAddress, Join, JoinNote } from '../parts/join.tsx';
import { SignInFirst } from '../parts/sign-in-first.tsx';
import { useKept } from '../use-kept.ts';
import { useMine } from '../use-mine.ts';
import { t } from '../words.ts';
import { VisitAt } from './visit-at.tsx';

export interface Attempt {
  readonly storeId: string;
  /** The code of the store; without one it is the position that counts. */
  readonly code?: string;
  /** The person has asked for the check-in already, as by scanning in this app. */
  readonly isSure: boolean;
}

interface Props {
  readonly attempt: Attempt;
  readonly onOther: () => void;
}

export function CheckInAt({ attempt, onOther }: Props) {
  const { storeId } = attempt;
  const { kept, error, reload } = useKept(storeId, () => keptProfile(storeId), () => readProfile(storeId));
  if (kept === null) {
    return (
      <>
        <h1 tabIndex={-1}>{t().store.notFound}</h1>
        <button type="button" onClick={onOther}>
          {t().checkIn.other}
        </button>
      </>
    );
  }
  if (!kept) return error === undefined ? <Loading /> : <Failed error={error} retry={reload} />;
  return (
    <>
      <h1 tabIndex={-1}>{kept.value.name}</h1>
      <Member store={kept.value} attempt={attempt} onOther={onOther} />
    </>
  );
}

function Member({ store, attempt, onOther }: Props & { readonly store: StoreProfile }) {
  const [mine, readMine] = useMine();
  const cards = earningBy(attempt, cardsOf(store));
  if (user.value === null) return <SignInFirst why={t().checkIn.signIn} />;
  if (!mine) return <Loading />;
  if (cards.some((each) => mine.has(each.programId))) {
    return <VisitAt store={store} attempt={attempt} onOther={onOther} />;
  }
  if (cards.length === 0) return <NothingHere store={store} />;
  return (
    <>
      <p>{t().checkIn.noCard}</p>
      <GetsAddress />
      <ul class="plain-list">
        {cards.map((card) => (
          <li key={card.programId} class="stack">
            <LoyaltyCard card={card} />
            <Join card={card} store={store} onJoined={readMine} />
          </li>
        ))}
      </ul>
      <JoinNote store={store} />
    </>
  );
}

/** The cards on which such a visit brings something. */
function earningBy({ code }: Attempt, cards: readonly ProgramCard[]): readonly ProgramCard[] {
  const method = code === undefined ? 'store_checkin' : 'qr_checkin';
  return cards.filter((each) => each.earningMethods?.includes(method));
}

function NothingHere({ store }: { readonly store: StoreProfile }) {
  if (cardsOf(store).length === 0) return <p>{t().store.noPrograms}</p>;
  return (
    <>
      <p>{t().checkIn.nothing}</p>
      <p>
        <a href={`/s/${encodeURIComponent(store.storeId)}`}>{t().card.store(store.name)}</a>
      </p>
    </>
  );
}
