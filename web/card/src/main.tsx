/** The card: starts the session and the words, and shows the page that the address names. */

import { render, type ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import '../../shared/ui/tokens.css';
import '../../shared/ui/layout.css';
import './card.css';
import { startAgain, startFailure, startSession, user } from '../../shared/firebase/session.ts';
import { here, parts, path, startRouter } from '../../shared/lib/router.ts';
import { Failed, Loading } from '../../shared/ui/status.tsx';
import { forgetOthers } from './forget-all.ts';
import { followConnection } from './connection.ts';
import { endLeftMessages } from './messages/told.ts';
import { startWorker } from '../../shared/worker/start.ts';
import { loadWords, t } from './words.ts';

export interface PageProps {
  readonly id: string;
}

type Page = { readonly default: ComponentType<PageProps> };

const CARDS = (): Promise<Page> => import('./pages/cards.tsx');
const PAGES: ReadonlyMap<string, () => Promise<Page>> = new Map([
  ['s', (): Promise<Page> => import('./pages/store.tsx')],
  ['c', () => import('./pages/card.tsx')],
  ['c/receipt', () => import('./pages/receipt.tsx')],
  ['c/friends', () => import('./pages/friends.tsx')],
  ['check-in', () => import('./pages/check-in.tsx')],
  ['cards', CARDS],
  ['sign-in', () => import('./pages/sign-in.tsx')],
]);

function App() {
  const [first = 'cards', id = '', rest] = parts();
  const name = rest === undefined ? first : `${first}/${rest}`;
  const load = PAGES.get(name) ?? CARDS;
  const [page, setPage] = useState<{ name: string; view: ComponentType<PageProps> }>();
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    let isOver = false; // Who goes on quickly gets the last page, whichever comes first.
    setError(undefined);
    load().then(
      (loaded) => isOver || setPage({ name, view: loaded.default }),
      (failure: unknown) => isOver || setError(failure),
    );
    return () => {
      isOver = true;
    };
  }, [name]);

  useEffect(() => followHeading(path.value !== FIRST_PATH), [path.value, page?.name]);

  return (
    <>
      <a class="skip button" href="#main">
        {t().skip}
      </a>
      <div class="page">
        <nav class="top" aria-label={t().cards.title}>
          <Back name={name} id={id} />
          {user.value === null && name !== 'sign-in' && (
            <a href={`/sign-in?back=${encodeURIComponent(here())}`}>{t().signIn.title}</a>
          )}
        </nav>
        <main id="main" class="stack">
          <Content id={id} view={page?.name === name ? page.view : undefined} error={error} />
        </main>
      </div>
    </>
  );
}

interface ContentProps {
  readonly id: string;
  /** The page, once it is loaded. */
  readonly view: ComponentType<PageProps> | undefined;
  /** Why it could not be loaded. */
  readonly error: unknown;
}

function Content({ id, view: View, error }: ContentProps) {
  if (error !== undefined) return <Failed error={error} retry={() => location.reload()} />;
  // Without a session nothing can be read, of the store neither: the project is not known.
  if (startFailure.value !== undefined) return <Failed error={startFailure.value} retry={startAgain} />;
  return View ? <View id={id} key={id} /> : <Loading />;
}

/**
 * Name the browser's tab after the page's heading, which may come after the page. Who has gone to
 * another page hears it, too, unless they do something there already.
 */
function followHeading(isTold: boolean): () => void {
  let told = !isTold;
  const show = (): void => {
    const heading = document.querySelector<HTMLElement>('h1');
    if (!heading) return;
    document.title = heading.textContent;
    if (!told && document.activeElement === document.body) heading.focus({ preventScroll: true });
    told = true;
  };
  show();
  const observer = new MutationObserver(show);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => observer.disconnect();
}

/** The way up: to the card that a page is about, else to all cards. */
function Back({ name, id }: { readonly name: string; readonly id: string }) {
  if (name === 'cards' || name === 's') return <span />;
  if (name.startsWith('c/')) return <a href={`/c/${encodeURIComponent(id)}`}>{t().backToCard}</a>;
  return <a href="/cards">{t().back}</a>;
}

const FIRST_PATH = location.pathname;
startRouter();
startWorker('/sw.js', '/');
endLeftMessages();
followConnection();
startSession('card', forgetOthers);
await loadWords().catch(() => undefined); // English is better than nothing.
const root = document.getElementById('app');
if (root) render(<App />, root);
