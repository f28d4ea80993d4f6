/** What the law lets a person ask for: a copy of all that is held, and the end of it. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { download } from '../../../shared/lib/download.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import { nameOf, type Member } from '../people.ts';
import { t } from '../words.ts';
import { Erase } from './erase.tsx';

interface Page {
  readonly data: Readonly<Record<string, readonly unknown[]>>;
  readonly nextCursor: string | null;
}

interface Props {
  readonly member: Member;
  readonly onErased: () => void;
}

export function OwnData({ member, onErased }: Props) {
  const { isBusy, error, run } = useAction();
  const [count, setCount] = useState(0);
  const [said, setSaid] = useState('');
  const words = t().member;

  async function save(): Promise<void> {
    const data: Record<string, unknown[]> = {};
    let cursor: string | null = null;
    let sum = 0;
    do {
      const page: Page = await read(member.userId, cursor);
      for (const [kind, rows] of Object.entries(page.data)) {
        (data[kind] ??= []).push(...rows);
        sum += rows.length;
      }
      setCount(sum);
      cursor = page.nextCursor;
    } while (cursor !== null);
    const about = { userId: member.userId, exportedAt: new Date().toISOString(), data };
    download(JSON.stringify(about, null, 2), 'application/json', `${fileName(member)}.json`);
    setSaid(words.exported(sum));
  }

  if (!may('exportMember') && !may('eraseMember')) return null;
  return (
    <section class="panel">
      <h2>{words.ownData}</h2>
      {may('exportMember') && (
        <>
          <p class="quiet">{words.exportNote}</p>
          <div class="row start">
            <button type="button" class="second" aria-disabled={isBusy} onClick={() => run(save)}>
              {words.export}
            </button>
          </div>
          <p role="status">{isBusy ? words.exporting(count) : said}</p>
          {error !== undefined && <Failed error={error} retry={() => run(save)} />}
        </>
      )}
      {may('eraseMember') && <Erase member={member} onErased={onErased} />}
    </section>
  );
}

function read(userId: string, cursor: string | null): Promise<Page> {
  return ask((api, signal) => api.POST('/exportMember', { body: { userId, cursor }, signal }));
}

/** A name for the file that every system takes. */
const fileName = (member: Member): string =>
  nameOf(member).replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').toLowerCase() || 'member';
