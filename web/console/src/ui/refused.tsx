/** Why a write did nothing; where it wants a fresh sign-in, the way to one. */

import { useState } from 'preact/hooks';
import { Problem } from '../../../shared/api/client.ts';
import { signInByPassword, user } from '../../../shared/firebase/session.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { signInSentence } from '../../../shared/ui/sign-in.tsx';
import { Failed } from '../../../shared/ui/status.tsx';
import { t } from '../words.ts';
import { SignOut } from './sign-out.tsx';

/** It stands beside the form that was refused, not within: it has a form of its own. */
interface Props {
  readonly error: unknown;
  /** Carry on what was refused, once the person has signed in again. */
  readonly again: () => void;
}

export function Refused({ error, again }: Props) {
  if (error === undefined) return null;
  const isTooOld = error instanceof Problem && error.code === 'SIGN_IN_TOO_OLD';
  return isTooOld ? <SignInAgain onDone={again} /> : <Failed error={error} />;
}

function SignInAgain({ onDone }: { readonly onDone: () => void }) {
  const [password, setPassword] = useState('');
  const { isBusy, error, run } = useAction();
  const words = t().shell.again;

  function submit(event: Event): void {
    event.preventDefault();
    run(async () => {
      await signInByPassword(user.value?.email ?? '', password);
      onDone();
    });
  }

  return (
    <form class="panel" noValidate onSubmit={submit} aria-label={words.title}>
      <h2>{words.title}</h2>
      <p role="alert">{words.why}</p>
      <label>
        {t().signIn.password}
        <input
          type="password"
          autoComplete="current-password"
          value={password}
          aria-invalid={error !== undefined}
          aria-describedby="sign-in-again-problem"
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </label>
      <p id="sign-in-again-problem" class="problem" role="alert">
        {error !== undefined && signInSentence(error, words.wrong)}
      </p>
      <button type="submit" aria-disabled={isBusy}>
        {t().signIn.byPassword}
      </button>
      <p class="quiet">{words.byLink}</p>
      <SignOut onLeave={(left) => run(() => left.then(() => undefined))} />
    </form>
  );
}
