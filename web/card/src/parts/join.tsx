/** Join a program by one tap, with the code of the friend who has told of it, if there was one. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, idempotencyKey, Problem } from '../../../shared/api/client.ts';
import type { ProgramCard, StoreProfile } from '../../../shared/card/model.ts';
import { user, whoHasSignedIn } from '../../../shared/firebase/session.ts';
import { go, staying } from '../../../shared/lib/router.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { rememberJoining } from '../joining.ts';
import { takeOver } from '../take-over.ts';
import { t } from '../words.ts';
import { ReferralPromise } from './referral-promise.tsx';

const GETS_ADDRESS = 'gets-address';

interface Props {
  readonly card: ProgramCard;
  readonly store: StoreProfile;
  readonly friendsCode?: string;
  /** The person has asked for this card before signing in. */
  readonly isAsked?: boolean;
  readonly onJoined: () => void;
}

export function Join({ card, store, friendsCode = '', isAsked = false, onJoined }: Props) {
  const [code, setCode] = useState(friendsCode);
  const key = useRef(idempotencyKey());
  const { isBusy, error, run } = useAction();
  const words = t().friends;

  function join(referralCode: string): void {
    const isHere = staying();
    run(async () => {
      const person = await whoHasSignedIn();
      if (person === null) {
        if (!isHere()) return;
        const back = rememberJoining({ programId: card.programId, friendsCode: referralCode });
        go(`/sign-in?back=${encodeURIComponent(back)}`);
        return;
      }
      if (person.emailVerified) await takeOver(store.storeId, person.uid, key.current);
      const friend = card.referral && referralCode ? { referralCode } : {};
      const body = { programId: card.programId, userId: person.uid, ...friend };
      const headers = { 'Idempotency-Key': key.current };
      const { userId } = await ask((api, signal) => api.POST('/enrollInLoyaltyProgram', { body, headers, signal }));
      // Staff have merged the two: this sign-in reads no card any more.
      if (userId !== person.uid) throw new Problem('conflict', 'MEMBER_MERGED');
      if (isHere()) onJoined();
    });
  }

  useEffect(() => {
    if (!isAsked) return;
    void whoHasSignedIn().then((person) => {
      if (!person) return; // Who came back without signing in has the button.
      join(code.trim());
    });
  }, []);

  /** With another code it is another request. */
  function name(changed: string): void {
    key.current = idempotencyKey();
    setCode(changed);
  }

  function joinWithout(): void {
    name('');
    join('');
  }

  const isAboutCode = error instanceof Problem && error.code.startsWith('REFERRAL_');
  return (
    <>
      {card.referral && (
        <details open={friendsCode !== ''}>
          <summary>{words.have}</summary>
          <ReferralPromise card={card} isInvited />
          <label>
            {words.code}
            <input
              autoComplete="off"
              autoCapitalize="characters"
              spellcheck={false}
              maxLength={40}
              value={code}
              aria-invalid={isAboutCode}
              onInput={(event) => name(event.currentTarget.value)}
            />
          </label>
        </details>
      )}
      <button
        type="button"
        aria-disabled={isBusy}
        aria-describedby={GETS_ADDRESS}
        onClick={() => join(code.trim())}
      >
        {isBusy ? t().store.joining : t().store.join}
        <span class="for-readers">: {card.programName}</span>
      </button>
      {error !== undefined && <Failed error={error} />}
      {isAboutCode && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={joinWithout}>
          {words.without}
        </button>
      )}
    </>
  );
}

/** What the shop gets, once before all cards: the address of who has a confirmed one, or has yet to sign in. */
export function GetsAddress() {
  const person = user.value;
  const email = person?.emailVerified ? person.email : null;
  if (person && !email) return null;
  return (
    <p class="quiet" id={GETS_ADDRESS}>
      {email ? t().store.getsThis(email) : t().store.getsAddress}
    </p>
  );
}

/** What joining means, once for all cards of a store. */
export function JoinNote({ store }: { readonly store: StoreProfile }) {
  return <p class="quiet">{t().store.joinNote(store.name)}</p>;
}
