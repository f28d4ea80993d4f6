/** The person's own data: get it, leave the program, erase all. What is lost is asked about first. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { ownId, signOut } from '../../../shared/firebase/session.ts';
import { forget } from '../../../shared/lib/kept.ts';
import type { Membership } from '../model.ts';
import { replace } from '../../../shared/lib/router.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { t } from '../words.ts';

export function MyData({ membership }: { readonly membership: Membership }) {
  const [error, setError] = useState<unknown>();
  const [said, setSaid] = useState('');
  const { programId, storeId } = membership;
  const words = t().me;

  function attempt(action: () => Promise<void>): () => void {
    return () => {
      setError(undefined);
      action().catch(setError);
    };
  }

  async function leave(): Promise<void> {
    const body = { programId, userId: ownId() };
    await ask((api, signal) => api.POST('/leaveLoyaltyProgram', { body, signal }));
    replace('/cards');
  }

  async function erase(): Promise<void> {
    const body = { storeId, userId: ownId() };
    await ask((api, signal) => api.POST('/eraseMember', { body, signal }));
    forget();
    setSaid(words.erased);
  }

  async function endVisit(): Promise<void> {
    forget();
    await signOut();
    replace('/cards');
  }

  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <button type="button" class="plain" onClick={attempt(() => download(storeId))}>
        {words.export}
      </button>
      <Sure label={words.leave} question={words.leaveSure} yes={words.yes} act={attempt(leave)} />
      <Sure label={words.erase} question={words.eraseSure} yes={words.yesErase} act={attempt(erase)} />
      <button type="button" class="plain" onClick={attempt(endVisit)}>
        {words.signOut}
      </button>
      {error !== undefined && <Failed error={error} />}
      <p role="status">{said}</p>
    </section>
  );
}

interface SureProps {
  readonly label: string;
  readonly question: string;
  readonly yes: string;
  readonly act: () => void;
}

function Sure({ label, question, yes, act }: SureProps) {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked) {
    return (
      <button type="button" class="plain" onClick={() => setAsked(true)}>
        {label}
      </button>
    );
  }
  return (
    <div class="stack" role="group" aria-label={question}>
      <p>{question}</p>
      <div class="row">
        <button
          type="button"
          onClick={() => {
            setAsked(false);
            act();
          }}
        >
          {yes}
        </button>
        <button type="button" class="plain" onClick={() => setAsked(false)}>
          {t().me.no}
        </button>
      </div>
    </div>
  );
}

interface Page {
  readonly data: unknown;
  readonly nextCursor: string | null;
}

function read(storeId: string, cursor: string | null): Promise<Page> {
  const body = { storeId, userId: ownId(), cursor };
  return ask((api, signal) => api.POST('/exportMember', { body, signal }));
}

/** Ask for all pages of the export, and hand them to the browser as one file. */
async function download(storeId: string): Promise<void> {
  const pages: unknown[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await read(storeId, cursor);
    pages.push(page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  const file = new Blob([JSON.stringify(pages, null, 2)], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = 'my-data.json';
  link.click();
  URL.revokeObjectURL(link.href);
}
