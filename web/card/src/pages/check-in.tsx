/**
 * `/check-in`: say that one is in a store, by the code of its poster or screen, or by position.
 * A poster may open it, with its code behind `#`; `?store=` names a store.
 */

import { useEffect, useState } from 'preact/hooks';
import { user } from '../../../shared/firebase/session.ts';
import { Loading } from '../../../shared/ui/status.tsx';
import { CheckInAt, type Attempt } from '../check-in/check-in-at.tsx';
import { readStoreCode } from '../check-in/store-code.ts';
import { Ways } from '../check-in/ways.tsx';
import { SignInFirst } from '../parts/sign-in-first.tsx';
import { t } from '../words.ts';

/** What a link has brought is confirmed by a tap: who opens a link has not said yes to anything. */
function ofAddress(): Attempt | null {
  const found = readStoreCode(location.hash);
  return found && { ...found, isSure: false };
}

export default function CheckIn() {
  const [attempt, setAttempt] = useState(ofAddress);
  const person = user.value;

  useEffect(() => {
    const read = (): void => setAttempt(ofAddress());
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);

  if (attempt) {
    const key = `${attempt.storeId} ${attempt.code ?? ''}`;
    return <CheckInAt attempt={attempt} key={key} onOther={() => setAttempt(null)} />;
  }
  const store = new URLSearchParams(location.search).get('store');
  return (
    <>
      <h1 tabIndex={-1}>{t().checkIn.title}</h1>
      {person === undefined && <Loading />}
      {person === null && <SignInFirst why={t().checkIn.signIn} />}
      {person && <Ways uid={person.uid} storeId={store} key={person.uid} onChosen={setAttempt} />}
    </>
  );
}
