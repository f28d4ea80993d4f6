/** The store's payment providers. */

import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { day } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { may } from '../access.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { FailedThere } from './failed-there.tsx';
import { nameOf } from './names.ts';
import { Settings } from './settings.tsx';
import { storeHere } from './webhooks.tsx';

type Provider = components['schemas']['Provider'];

interface Props {
  /** Changes when something was connected. */
  readonly times: number;
  readonly onChanged: () => void;
}

export function Providers({ times, onChanged }: Props) {
  const words = t().developers.connections;
  const body = { storeId: storeHere() };
  const found = useRead(() => ask((api, signal) => api.POST('/getPSPConfiguration', { body, signal })), [times]);
  return (
    <section class="stack" aria-labelledby="providers">
      <h2 id="providers">{words.providers}</h2>
      {found.value?.providers.length === 0 && <p class="panel">{words.noProviders}</p>}
      {found.value?.providers.map((each) => (
        <ProviderPanel provider={each} onChanged={onChanged} key={each.provider} />
      ))}
      {!found.value && found.error === undefined && <Loading />}
      {found.error !== undefined && <Failed error={found.error} retry={found.again} />}
    </section>
  );
}

function ProviderPanel({ provider, onChanged }: { readonly provider: Provider; readonly onChanged: () => void }) {
  const { isBusy, error, run } = useAction();
  const words = t().developers.connections;
  const { provider: system, isDefault, isTest, configuredAt, config } = provider;
  const name = nameOf('psp', system);

  function remove(): void {
    run(async () => {
      const body = { storeId: storeHere(), provider: system };
      await ask((api, signal) => api.POST('/deletePSPConfiguration', { body, signal }));
      onChanged();
    });
  }
  const marks = [isDefault && words.isDefault, isTest && words.isTest].filter(Boolean).join(' · ');
  return (
    <section class="panel" aria-label={name} aria-busy={isBusy}>
      <h3>{name}</h3>
      <p class="quiet">
        {words.since(day(new Date(configuredAt)))}
        {marks && ` · ${marks}`}
      </p>
      <Settings kind="psp" system={system} config={config} />
      {may('deletePSPConfiguration') && (
        <div class="acts">
          <Sure look="plain" question={words.removeProviderSure} yes={words.removeYes} act={remove}>
            {words.remove} <span class="for-readers">{name}</span>
          </Sure>
        </div>
      )}
      {error !== undefined && <FailedThere error={error} />}
    </section>
  );
}
