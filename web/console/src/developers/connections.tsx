/** `/console/developers/connections`: payment providers, tills, ERPs and online shops of the store. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { Connect } from './connect.tsx';
import { Head } from './head.tsx';
import { Providers } from './providers.tsx';
import { ShopWrites } from './shop-writes.tsx';
import { SystemPanel } from './system.tsx';
import { usePolling } from '../ui/use-polling.ts';
import { storeHere } from './webhooks.tsx';

export default function Connections() {
  const [times, setTimes] = useState(0);
  /** A shop whose page is open, so that it is connected from there. */
  const [awaited, setAwaited] = useState<string>();
  const words = t().developers.connections;
  const body = { storeId: storeHere() };
  const systems = useRead(() => ask((api, signal) => api.POST('/getSyncStatus', { body, signal })), [times]);
  const found = systems.value?.systems ?? [];
  const shops = found.filter((each) => each.kind === 'shop' && each.isConfigured).map((each): string => each.system);
  usePolling(
    systems.again,
    (awaited !== undefined && !shops.includes(awaited)) || found.some((each) => each.lastSync?.state === 'running'),
  );
  const changed = (): void => setTimes((before) => before + 1);

  return (
    <>
      <Head title={words.title} />
      <p class="quiet">{words.note}</p>
      {may('getPSPConfiguration') && <Providers times={times} onChanged={changed} />}
      <section class="stack" aria-labelledby="systems">
        <h2 id="systems">{words.systems}</h2>
        {systems.value && found.length === 0 && <p class="panel">{words.noSystems}</p>}
        {found.map((each) => (
          <SystemPanel system={each} onChanged={changed} key={`${each.kind} ${each.system}`} />
        ))}
        {!systems.value && systems.error === undefined && <Loading />}
        {systems.error !== undefined && <Failed error={systems.error} retry={systems.again} />}
      </section>
      {found.some((each) => each.kind === 'shop') && may('listShopWrites') && <ShopWrites />}
      {may('configureSync') && <Connect shops={shops} onChanged={changed} onAsked={setAwaited} />}
    </>
  );
}
