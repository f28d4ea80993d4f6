/** What a store has stored of the person: get it as a file, or have all of it erased. */

import { ask } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { forgetAll } from '../forget-all.ts';
import { t } from '../words.ts';

interface Props {
  readonly storeId: string;
  /** It says that, in place of what is gone. */
  readonly onErased: () => void;
}

export function DataRights({ storeId, onErased }: Props) {
  const { isBusy, error, run } = useAction();
  const words = t().me;

  async function erase(): Promise<void> {
    const body = { storeId, userId: ownId() };
    await ask((api, signal) => api.POST('/eraseMember', { body, signal }));
    await forgetAll();
    onErased();
  }

  return (
    <>
      <button type="button" class="plain" aria-disabled={isBusy} onClick={() => run(() => download(storeId))}>
        {words.export}
      </button>
      <Sure question={words.eraseSure} yes={words.yesErase} act={() => run(erase)} isBusy={isBusy} look="plain">
        {words.erase}
      </Sure>
      {error !== undefined && <Failed error={error} />}
    </>
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
