/** Stores of whose programs the person has left all. They are read only when somebody asks for them. */

import { useState } from 'preact/hooks';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { readLeftStores, type LeftStore } from '../data.ts';
import { t } from '../words.ts';
import { DataRights } from './data-rights.tsx';

export function LeftStores({ uid }: { readonly uid: string }) {
  const [stores, setStores] = useState<readonly LeftStore[]>();
  const [erased, setErased] = useState<ReadonlySet<string>>(new Set());
  const { isBusy, error, run } = useAction();
  const words = t().cards;

  function look(): void {
    run(async () => setStores(await readLeftStores(uid)));
  }

  return (
    <>
      {!stores && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={look}>
          {words.left}
        </button>
      )}
      {error !== undefined && <Failed error={error} />}
      <p role="status">{stores?.length === 0 && words.leftNone}</p>
      {stores?.map(({ storeId, name }) => (
        <section class="links" key={storeId}>
          <h2>{name}</h2>
          <p role="status">{erased.has(storeId) ? t().me.erased : words.leftNote}</p>
          <a href={`/s/${encodeURIComponent(storeId)}`}>{words.leftAgain}</a>
          {!erased.has(storeId) && (
            <DataRights storeId={storeId} onErased={() => setErased((known) => new Set([...known, storeId]))} />
          )}
        </section>
      ))}
    </>
  );
}
