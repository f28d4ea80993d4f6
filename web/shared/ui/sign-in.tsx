/** Sign in by a mailed link, or by a password; and what the mailed link opens. */

import { useEffect, useRef, useState } from 'preact/hooks';
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
  const [said, setSaid] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const hasTurned = useRef(false);
  /** Who was here when the link was mailed. */
  const former = useRef<string>(undefined);
  const words = common().signIn;

  async function attempt(action: () => Promise<void>, refused: string, otherAddress = refused): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setProblem('');
    try {
      await action();
    } catch (error) {
      setProblem(signInSentence(error, codeOf(error) === OTHER_ADDRESS ? otherAddress : refused));
    } finally {
      setBusy(false);
    }
  }

  const enter = (address: string): Promise<void> =>
    attempt(async () => {
      try {
        await openLink(address);
      } catch (error) {
        // The link may still be good: with another address, or once there is a connection.
        setEmail(address);
        setStep(LINK_STAYS.has(codeOf(error)) ? 'confirm' : 'mail');
        throw error;
      }
      onDone();
    }, words.badLink, words.otherThanMailed);

  const mail = (sentence: (email: string) => string): Promise<void> =>
    attempt(async () => {
      former.current = user.value?.uid;
      await mailLink(email, link);
      setSaid(sentence(email));
      setStep('mailed');
    }, common().problem.server);

  /** Go on in another way. The address that was typed stays. */
  function turnTo(next: Step): void {
    if (isBusy) return;
    setProblem('');
    setSaid('');
    setStep(next);
    hasTurned.current = true;
  }
  useEffect(() => {
    // The button that was pressed is gone: who uses the keyboard goes on in the form.
    if (hasTurned.current) form.current?.querySelector('input')?.focus();
  }, [step]);

  useEffect(() => {
    void isMailedLink().then((isLink) => {
      if (!isLink) return;
      const address = mailedTo();
      if (address === null) setStep('confirm');
      else void enter(address);
    });
  }, []);

  const isDoneElsewhere = step === 'mailed' && !!user.value && user.value.uid !== former.current;
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
    return void mail(words.mailed);
  }

  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      {note && <p>{note}</p>}
      <p role="status">{said}</p>
      {step === 'mailed' ? (
        <div class="panel">
          <p class="problem" role="alert">
            {problem}
          </p>
          <button type="button" class="second" aria-disabled={isBusy} onClick={() => void mail(words.mailedAgain)}>
            {words.mailAgain}
          </button>
          <button type="button" class="plain" onClick={() => turnTo('mail')}>
            {words.otherAddress}
          </button>
        </div>
      ) : (
        <form class="panel" noValidate onSubmit={submit} ref={form}>
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
            <button type="button" class="plain" onClick={() => turnTo('password')}>
              {words.withPassword}
            </button>
          )}
          {step === 'password' && <p class="quiet">{words.forgotten}</p>}
          {(step === 'password' || step === 'confirm') && (
            <button type="button" class="plain" onClick={() => turnTo('mail')}>
              {step === 'password' ? words.mail : words.newLink}
            </button>
          )}
        </form>
      )}
    </>
  );
}

/** The address is not the one to which the link was mailed: Firebase and its emulator both say so by this code. */
const OTHER_ADDRESS = 'auth/invalid-email';
const OFFLINE = 'auth/network-request-failed';
const TOO_MANY = 'auth/too-many-requests';
/** What is wrong with the attempt, and not with the link. */
const LINK_STAYS: ReadonlySet<string> = new Set([OTHER_ADDRESS, OFFLINE, TOO_MANY, '']);

/** The browser's own failures have numbers, if anything. */
function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Firebase's own codes tell apart what the person has done from what we or the network have. */
export function signInSentence(error: unknown, refused: string): string {
  const code = codeOf(error);
  if (code === OFFLINE) return common().problem.offline;
  if (code === TOO_MANY) return common().problem.rateLimited;
  return code.startsWith('auth/') ? refused : sentenceOf(error);
}
