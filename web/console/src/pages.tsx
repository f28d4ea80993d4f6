/** Shows the page that the address names, of those that the role may see. */

import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { isConnected } from '../../shared/api/connection.ts';
import { parts, path, replace } from '../../shared/lib/router.ts';
import { Failed, Loading } from '../../shared/ui/status.tsx';
import { account, store } from './access.ts';
import { landing, rememberSection } from './landing.ts';
import { mode } from './mode.ts';
import { linkTo, openSections, type PageProps, type Section } from './sections.ts';
import { ChooseStore } from './ui/choose-store.tsx';
import { t } from './words.ts';

interface Loaded {
  readonly name: string;
  readonly view: ComponentType<PageProps>;
}

export function Pages() {
  const [, named = '', id = ''] = parts();
  const open = openSections();
  const section = open.find((each) => each.id === named);
  const name = `${named}/${id}`;
  const [page, setPage] = useState<Loaded>();
  const [error, setError] = useState<unknown>();
  const first = landing(open);

  useEffect(() => {
    if (section) rememberSection(section.id);
    else if (first) replace(`/console/${first}`);
  }, [section, first]);

  useEffect(() => {
    let isOver = false; // Who goes on quickly gets the last page, whichever comes first.
    setError(undefined);
    section?.load(id).then(
      (loaded) => isOver || setPage({ name, view: loaded.default }),
      (failure: unknown) => isOver || setError(failure),
    );
    return () => {
      isOver = true;
    };
  }, [name, section]);

  const here = store.value?.storeId;
  // Before anybody sees the page: who presses a key at once is not moved away from what they press.
  useLayoutEffect(() => {
    const heading = document.querySelector('h1');
    document.title = heading ? `${heading.textContent} · Punktwerk` : 'Punktwerk';
    (document.querySelector<HTMLElement>('[data-first]') ?? heading)?.focus();
  }, [path.value, page?.name, here]);

  const accountId = account.value?.accountId;
  useEffect(
    function sendWhatWaits() {
      // On whichever page: what the till has kept is sent as soon as that is possible.
      if (here && open.some((each) => each.id === 'till')) void import('./till/outbox.ts').then((box) => box.start());
    },
    [accountId, here, mode.value],
  );

  if (!first) return <p class="panel">{t().shell.nothing}</p>;
  if (!here) return <ChooseStore />;
  if (section && error !== undefined) return <NotLoaded id={section.id} error={error} />;
  const View = page?.name === name ? page.view : undefined;
  return View ? <View id={id} key={`${account.value?.accountId ?? ''} ${here} ${mode.value} ${id}`} /> : <Loading />;
}

/** Without a connection the till is there all the same: the browser keeps it. */
function NotLoaded({ id, error }: { readonly id: Section['id']; readonly error: unknown }) {
  const till = id === 'till' ? undefined : linkTo('till');
  const words = t().shell;
  return (
    <>
      <h1 tabIndex={-1}>{words.sections[id]}</h1>
      <Failed error={error} retry={() => location.reload()} />
      {till !== undefined && !isConnected.value && (
        <p>
          <a class="button" href={till}>
            {words.toTill}
          </a>
        </p>
      )}
    </>
  );
}
