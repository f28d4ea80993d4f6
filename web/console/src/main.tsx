/** The console: starts the session and the words, and shows the page that the address names. */

import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import '../../shared/ui/tokens.css';
import '../../shared/ui/layout.css';
import './console.css';
import { startAgain, startFailure, startSession, user } from '../../shared/firebase/session.ts';
import { replace, startRouter } from '../../shared/lib/router.ts';
import { startWorker } from '../../shared/worker/start.ts';
import { SignIn } from '../../shared/ui/sign-in.tsx';
import { Failed, Loading } from '../../shared/ui/status.tsx';
import { accounts, actions, close, invitations, openFor } from './access.ts';
import { forgetOthers, keepAccess, reopen } from './kept-access.ts';
import { Pages } from './pages.tsx';
import { Invited } from './ui/invited.tsx';
import { Top } from './ui/top.tsx';
import { loadWords, t } from './words.ts';

const SIGN_IN = '/console/sign-in';

function App() {
  const person = user.value;
  const uid = person?.uid;
  const [error, setError] = useState<unknown>();

  function open(): void {
    setError(undefined);
    if (!uid) return close();
    const isHere = (): boolean => user.value?.uid === uid;
    openFor(uid)
      .catch((failure: unknown) => isHere() && reopen(uid, failure))
      .catch((failure: unknown) => isHere() && setError(failure));
  }
  useEffect(open, [uid]);

  return (
    <>
      <a class="skip button" href="#main">
        {t().skip}
      </a>
      <div class="page">
        <Top />
        <main id="main" class="stack" tabIndex={-1}>
          {person === undefined && <Starting />}
          {person === null && (
            <SignIn link={SIGN_IN} note={t().shell.signIn} onDone={leaveLink} />
          )}
          {person && error !== undefined && <Failed error={error} retry={open} />}
          {person && error === undefined && (
            <>
              <Invited />
              <Opened />
            </>
          )}
        </main>
      </div>
    </>
  );
}

/** Until it is known who has signed in, or why that cannot be known. */
function Starting() {
  const failure = startFailure.value;
  return failure === undefined ? <Loading /> : <Failed error={failure} retry={startAgain} />;
}

/** Who asked for a page is on it already; a mailed link, with what it proves, leaves the address. */
function leaveLink(): void {
  if (location.pathname === SIGN_IN) replace('/console');
}

function Opened() {
  const words = t().shell;
  if (!accounts.value) return <Loading />;
  if (accounts.value.length === 0) {
    return invitations.value.length > 0 ? null : <Sentence text={words.noAccount} />;
  }
  if (!accounts.value.some((each) => each.isActive)) return <Sentence text={words.closed} />;
  return actions.value ? <Pages /> : <Loading />;
}

function Sentence({ text }: { readonly text: string }) {
  return (
    <>
      <h1 tabIndex={-1}>Punktwerk</h1>
      <p class="panel">{text}</p>
    </>
  );
}

startRouter();
startWorker('/console-sw.js', '/console');
keepAccess();
startSession('console', forgetOthers);
await loadWords().catch(() => undefined); // English is better than nothing.
const root = document.getElementById('app');
if (root) render(<App />, root);
