/** Which page an address names, of those that the role may see. */

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { parts, path, replace } from '../../shared/lib/router.ts';
import { Failed, Loading } from '../../shared/ui/status.tsx';
import { account, maySeeMembers, mayUseTill, store } from './access.ts';
import { ChooseStore } from './parts/choose-store.tsx';
import { t } from './words.ts';

export interface PageProps {
  readonly id: string;
}

type Page = { readonly default: ComponentType<PageProps> };

const PAGES: Readonly<Record<string, () => Promise<Page>>> = {
  till: () => import('./pages/till.tsx'),
  members: () => import('./pages/members.tsx'),
  member: () => import('./pages/member.tsx'),
};

export function Pages() {
  const [, section = '', id = ''] = parts();
  const open = [...(mayUseTill.value ? ['till'] : []), ...(maySeeMembers.value ? ['members'] : [])];
  const isKnown = open.includes(section);
  const name = section === 'members' && id ? 'member' : section;
  const [page, setPage] = useState<{ name: string; view: ComponentType<PageProps> }>();
  const [error, setError] = useState<unknown>();
  const first = open[0];

  useEffect(() => {
    if (!isKnown && first) replace(`/console/${first}`);
  }, [isKnown, first]);

  useEffect(() => {
    setError(undefined);
    if (isKnown) PAGES[name]?.().then((loaded) => setPage({ name, view: loaded.default }), setError);
  }, [name, isKnown]);

  const here = store.value?.storeId;
  useEffect(() => {
    const heading = document.querySelector('h1');
    document.title = heading ? `${heading.textContent} · Punktwerk` : 'Punktwerk';
    (document.querySelector<HTMLElement>('[data-first]') ?? heading)?.focus();
  }, [path.value, page?.name, here]);

  if (!first) return <p class="panel">{t().shell.nothing}</p>;
  if (!here) return <ChooseStore />;
  if (error !== undefined) return <Failed error={error} retry={() => location.reload()} />;
  const View = page?.name === name ? page.view : undefined;
  return View ? <View id={id} key={`${account.value?.accountId ?? ''} ${here} ${id}`} /> : <Loading />;
}
