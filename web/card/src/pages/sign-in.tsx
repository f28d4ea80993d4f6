/** `/sign-in`: by a mailed link, or by a password; and what the mailed link opens. */

import { useEffect, useState } from 'preact/hooks';
import {
  isMailedLink,
  mailedTo,
  mailLink,
  openLink,
  signInByPassword,
} from '../../../shared/firebase/session.ts';
import { ownPath } from '../../../shared/lib/safe-url.ts';
import { replace } from '../router.ts';
import { sentenceOf } from '../status.tsx';
import { t } from '../words.ts';

type Step = 'mail' | 'mailed' | 'password' | 'confirm';

const back = (): string => ownPath(new URLSearchParams(location.search).get('back'));

export default function SignIn() {
  const [step, setStep] = useState<Step>('mail');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const words = t().signIn;

  async function attempt(action: () => Promise<void>, refused: string): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setProblem('');
    try {
      await action();
    } catch (error) {
      setProblem(sentenceFor(error, refused));
    } finally {
      setBusy(false);
    }
  }

  const enter = (address: string): Promise<void> =>
    attempt(async () => {
      await openLink(address);
      replace(back());
    }, words.badLink);

  useEffect(() => {
    void isMailedLink().then((isLink) => {
      if (!isLink) return;
      const address = mailedTo();
      if (address === null) setStep('confirm');
      else void enter(address);
    });
  }, []);

  function submit(event: Event): void {
    event.preventDefault();
    if (!/^\S+@\S+\.\S+$/.test(email)) return setProblem(words.invalidEmail);
    if (step === 'confirm') return void enter(email);
    if (step === 'password') {
      const byPassword = async (): Promise<void> => {
        await signInByPassword(email, password);
        replace(back());
      };
      return void attempt(byPassword, words.wrong);
    }
    return void attempt(async () => {
      await mailLink(email, back());
      setStep('mailed');
    }, t().problem.server);
  }

  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      <p role="status">{step === 'mailed' ? words.mailed(email) : ''}</p>
      {step !== 'mailed' && (
        <form class="panel" noValidate onSubmit={submit}>
          <label>
            {step === 'confirm' ? words.confirm : words.email}
            <input
              type="email"
              name="email"
              autoComplete="email"
              value={email}
              aria-invalid={problem !== ''}
              aria-describedby="sign-in-problem"
              onInput={(event) => setEmail(event.currentTarget.value)}
            />
          </label>
          {step === 'password' && (
            <label>
              {words.password}
              <input
                type="password"
                name="password"
                autoComplete="current-password"
                value={password}
                onInput={(event) => setPassword(event.currentTarget.value)}
              />
            </label>
          )}
          <p id="sign-in-problem" class="problem" role="alert">
            {problem}
          </p>
          <button type="submit" aria-disabled={isBusy}>
            {step === 'mail' ? words.mail : step === 'password' ? words.byPassword : words.go}
          </button>
          {step === 'mail' && (
            <button type="button" class="plain" onClick={() => setStep('password')}>
              {words.withPassword}
            </button>
          )}
        </form>
      )}
    </>
  );
}

/** Firebase's own codes tell apart what the person has done from what we or the network have. */
function sentenceFor(error: unknown, refused: string): string {
  const code = (error as { code?: string }).code ?? '';
  if (code === 'auth/network-request-failed') return t().problem.offline;
  if (code === 'auth/too-many-requests') return t().problem.rateLimited;
  return code.startsWith('auth/') ? refused : sentenceOf(error);
}
