/** Sign in by a mailed link, or by a password; and what the mailed link opens. */

import { useEffect, useState } from 'preact/hooks';
import {
  isMailedLink,
  mailedTo,
  mailLink,
  openLink,
  signInByPassword,
  user,
} from '../firebase/session.ts';
import { common } from '../i18n/catalogue.ts';
import { sentenceOf } from './status.tsx';

type Step = 'mail' | 'mailed' | 'password' | 'confirm';

interface Props {
  /** What the mailed link opens: a page that shows this again, such as `/sign-in`. */
  readonly link: string;
  /** What the page says beside the form, if anything. */
  readonly note?: string;
  readonly onDone: () => void;
  /** The mailed link was opened in another tab of this browser, and the person is back in this one. */
  readonly onDoneElsewhere?: () => void;
}

export function SignIn({ link, note, onDone, onDoneElsewhere }: Props) {
  const [step, setStep] = useState<Step>('mail');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const words = common().signIn;

  async function attempt(action: () => Promise<void>, refused: string): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setProblem('');
    try {
      await action();
    } catch (error) {
      setProblem(signInSentence(error, refused));
    } finally {
      setBusy(false);
    }
  }

  const enter = (address: string): Promise<void> =>
    attempt(async () => {
      await openLink(address);
      onDone();
    }, words.badLink);

  useEffect(() => {
    void isMailedLink().then((isLink) => {
      if (!isLink) return;
      const address = mailedTo();
      if (address === null) setStep('confirm');
      else void enter(address);
    });
  }, []);

  const isDoneElsewhere = step === 'mailed' && !!user.value;
  useEffect(() => {
    if (!isDoneElsewhere || !onDoneElsewhere) return;
    // The tab that opened the link goes on with what was asked for; this one must not be before it.
    const goOn = (): void => {
      if (!document.hidden) onDoneElsewhere();
    };
    goOn();
    document.addEventListener('visibilitychange', goOn);
    return () => document.removeEventListener('visibilitychange', goOn);
  }, [isDoneElsewhere]);

  function submit(event: Event): void {
    event.preventDefault();
    if (!/^\S+@\S+\.\S+$/.test(email)) return setProblem(words.invalidEmail);
    if (step === 'confirm') return void enter(email);
    if (step === 'password') {
      const byPassword = async (): Promise<void> => {
        await signInByPassword(email, password);
        onDone();
      };
      return void attempt(byPassword, words.wrong);
    }
    return void attempt(async () => {
      await mailLink(email, link);
      setStep('mailed');
    }, common().problem.server);
  }

  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      {note && <p>{note}</p>}
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
export function signInSentence(error: unknown, refused: string): string {
  const { code: given } = error as { code?: unknown };
  const code = typeof given === 'string' ? given : ''; // The browser's own failures have numbers.
  if (code === 'auth/network-request-failed') return common().problem.offline;
  if (code === 'auth/too-many-requests') return common().problem.rateLimited;
  return code.startsWith('auth/') ? refused : sentenceOf(error);
}
