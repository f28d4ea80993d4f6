/** Join a program by one tap, with the code of the friend who has told of it, if there was one. */

import { useRef, useState } from 'preact/hooks';
import { ask, idempotencyKey, Problem } from '../../../shared/api/client.ts';
import type { ProgramCard } from '../../../shared/card/model.ts';
import { ownId, user } from '../../../shared/firebase/session.ts';
import { go, here } from '../../../shared/lib/router.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  readonly friendsCode?: string;
  readonly onJoined: () => void;
}

export function Join({ card, friendsCode = '', onJoined }: Props) {
  const [code, setCode] = useState(friendsCode);
  const key = useRef(idempotencyKey());
  const { isBusy, error, run } = useAction();
  const words = t().friends;

  function join(referralCode: string): void {
    if (user.value === null) {
      go(`/sign-in?back=${encodeURIComponent(here())}`);
      return;
    }
    run(async () => {
      const friend = card.referral && referralCode ? { referralCode } : {};
      const body = { programId: card.programId, userId: ownId(), ...friend };
      const headers = { 'Idempotency-Key': key.current };
      await ask((api, signal) => api.POST('/enrollInLoyaltyProgram', { body, headers, signal }));
      onJoined();
    });
  }

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
      <button type="button" aria-disabled={isBusy} onClick={() => join(code.trim())}>
        {t().store.join}
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
