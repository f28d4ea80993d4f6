/** The head of each page: where the person works, as what, and the pages of the role. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { user } from '../../../shared/firebase/session.ts';
import { counted } from '../../../shared/i18n/format.ts';
import { path } from '../../../shared/lib/router.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import {
  account,
  accounts,
  type Account as Chosen,
  openAccount,
  openStore,
  store,
  stores,
} from '../access.ts';
import { isTestAccount } from '../mode.ts';
import { openSections } from '../sections.ts';
import { differing, unsent } from '../till/unsent.ts';
import { t } from '../words.ts';
import { LeaveDialog } from './leave-dialog.tsx';
import { ModeSwitch, TestBand } from './mode-switch.tsx';
import { SignOut } from './sign-out.tsx';
import { leaving } from './unsaved.ts';

const TILL = '/console/till';

export function Top() {
  const words = t().shell;
  const [error, setError] = useState<unknown>();
  const chosen = account.value;
  const all = openSections();
  const sections = all.filter((each) => each.within === undefined);
  const inner = (id: string) => all.filter((each) => each.within === id).map((each) => `/console/${each.id}`);

  function attempt(action: Promise<unknown>): void {
    setError(undefined);
    action.catch(setError);
  }

  return (
    <header class="stack">
      <div class="top">
        <span class="brand">Punktwerk</span>
        {user.value && <SignOut onLeave={attempt} />}
      </div>
      {chosen && (
        <div class="where">
          <Account onChoose={attempt} />
          <StoreChoice onChoose={attempt} />
          {chosen.role && <span class="role">{words.roles[chosen.role]}</span>}
          <ModeSwitch />
        </div>
      )}
      {store.value && sections.length > 0 && (
        <nav class="pages" aria-label={words.pages}>
          {sections.map(({ id }) => (
            <PageLink key={id} to={`/console/${id}`} inner={inner(id)} name={words.sections[id]} />
          ))}
        </nav>
      )}
      {unsent.value > 0 && !path.value.startsWith(TILL) && (
        <p>
          <a href={TILL}>{counted(unsent.value, words.unsent)}</a>
        </p>
      )}
      {differing.value > 0 && !path.value.startsWith(TILL) && (
        <p>
          <a href={TILL}>{counted(differing.value, words.differing)}</a>
        </p>
      )}
      {error !== undefined && <Failed error={error} />}
      <TestBand />
      <LeaveDialog />
    </header>
  );
}

interface LinkProps {
  readonly to: string;
  /** Pages that are opened from this one, with addresses of their own. */
  readonly inner: readonly string[];
  readonly name: string;
}

function PageLink({ to, inner, name }: LinkProps) {
  const isHere = [to, ...inner].some((each) => path.value === each || path.value.startsWith(`${each}/`));
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isHere) link.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [isHere]);
  return (
    <a href={to} ref={link} aria-current={isHere ? 'page' : undefined}>
      {name}
    </a>
  );
}

interface ChoiceProps {
  readonly onChoose: (action: Promise<unknown>) => void;
}

/** Another account or store begins its page anew; who stays on what is not saved has chosen none. */
function chosenIn(select: HTMLSelectElement, before: string, choose: (id: string) => void): void {
  const id = select.value;
  if (!leaving(() => choose(id))) select.value = before;
}

function Account({ onChoose }: ChoiceProps) {
  const open = (accounts.value ?? []).filter((each) => each.isActive);
  if (open.length < 2) return <span>{account.value && nameOf(account.value)}</span>;
  const here = account.value?.accountId ?? '';

  function choose(accountId: string): void {
    const found = open.find((each) => each.accountId === accountId);
    if (found && user.value) onChoose(openAccount(user.value.uid, found));
  }
  return (
    <select
      aria-label={t().shell.account}
      value={here}
      onChange={(event) => chosenIn(event.currentTarget, here, choose)}
    >
      {open.map((each) => (
        <option key={each.accountId} value={each.accountId}>
          {nameOf(each)}
        </option>
      ))}
    </select>
  );
}

function nameOf({ accountId, name }: Chosen): string {
  return isTestAccount(accountId) ? t().mode.testAccount(name) : name;
}

function StoreChoice({ onChoose }: ChoiceProps) {
  if (stores.value.length < 2) return <span>{store.value?.name}</span>;
  const here = store.value?.storeId ?? '';
  return (
    <select
      aria-label={t().shell.store}
      value={here}
      onChange={(event) => chosenIn(event.currentTarget, here, (storeId) => onChoose(openStore(storeId)))}
    >
      {stores.value.map((each) => (
        <option key={each.storeId} value={each.storeId}>
          {each.name}
        </option>
      ))}
    </select>
  );
}
