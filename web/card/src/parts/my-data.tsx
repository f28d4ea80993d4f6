/** The person's own data: get it, leave the program, erase all. It says before what stays and what is lost. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { ownId, signOut } from '../../../shared/firebase/session.ts';
import { forget } from '../../../shared/lib/kept.ts';
import { tryToEndMessages } from '../messages/told.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import type { Membership } from '../../../shared/card/model.ts';
import { replace } from '../../../shared/lib/router.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { forgetKeys } from '../code/device-keys.ts';
import { forgetJoining } from '../joining.ts';
import { t } from '../words.ts';
import { MyAddress } from './my-address.tsx';

interface Props {
  readonly membership: Membership;
  /** What stays after leaving, as people read it; `null` if the program is closed. */
  readonly balance: string | null;
}

export function MyData({ membership, balance }: Props) {
  const { error, run } = useAction();
  const [said, setSaid] = useState('');
  const { programId, storeId } = membership;
  const words = t().me;

  async function leave(): Promise<void> {
    const body = { programId, userId: ownId() };
    await ask((api, signal) => api.POST('/leaveLoyaltyProgram', { body, signal }));
    replace('/cards');
  }

  async function erase(): Promise<void> {
    const body = { storeId, userId: ownId() };
    await ask((api, signal) => api.POST('/eraseMember', { body, signal }));
    await forgetAll();
    setSaid(words.erased);
  }

  async function endVisit(): Promise<void> {
    await forgetAll();
    await signOut();
    replace('/cards');
  }

  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <MyAddress storeId={storeId} />
      <button type="button" class="plain" onClick={() => run(() => download(storeId))}>
        {words.export}
      </button>
      <Sure question={balance === null ? words.leaveClosed : words.leaveSure(balance)} yes={words.yes} act={() => run(leave)} look="plain">
        {words.leave}
      </Sure>
      <Sure question={words.eraseSure} yes={words.yesErase} act={() => run(erase)} look="plain">
        {words.erase}
      </Sure>
      <button type="button" class="plain" onClick={() => run(endVisit)}>
        {words.signOut}
      </button>
      {error !== undefined && <Failed error={error} />}
      <p role="status">{said}</p>
    </section>
  );
}

async function forgetAll(): Promise<void> {
  forget();
  forgetJoining();
  await forgetKeys().catch(() => undefined); // Without a storage there are none.
  await tryToEndMessages();
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
