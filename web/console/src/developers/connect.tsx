/** Connect a provider, till, ERP or shop: its form follows from the connector's own schema. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { may, store } from '../access.ts';
import { Select } from '../ui/select.tsx';
import { t } from '../words.ts';
import { ConnectorForm, type Values } from './connector-form.tsx';
import type { SystemKind } from './form-of.ts';
import { FORMS, PAGES_OF_SHOPS } from './forms.gen.ts';
import { nameOf } from './names.ts';
import { Notices } from './notices.tsx';
import { ShopPage } from './shop-page.tsx';
import { storeHere } from './webhooks.tsx';

const KINDS: readonly SystemKind[] = ['psp', 'pos', 'erp', 'shop'];
const SCHEDULES = ['none', 'hourly', 'nightly'] as const;

interface Props {
  /** The shops that are connected. */
  readonly shops: readonly string[];
  readonly onChanged: () => void;
  /** A shop is asked for access, which it gives on a page of its own. */
  readonly onAsked: (system: string) => void;
}

export function Connect({ shops, onChanged, onAsked }: Props) {
  const [kind, setKind] = useState<SystemKind>('psp');
  const [system, setSystem] = useState('');
  const [schedule, setSchedule] = useState<(typeof SCHEDULES)[number]>('hourly');
  const [programId, setProgramId] = useState('');
  const [writesCards, setWritesCards] = useState(false);
  const words = t().developers.connections;
  const kinds = KINDS.filter((each) => each !== 'psp' || may('configurePSP'));
  const systems = Object.keys(FORMS[kind]);
  const form = FORMS[kind][system];
  const canWrite = kind === 'shop' && programId !== '';
  const further = { schedule, awardPointsProgramId: programId || null, writesCards: canWrite && writesCards };

  async function send(values: Values): Promise<void> {
    const storeId = storeHere();
    if (kind === 'psp') {
      // What the form has read by the provider's own schema.
      const body = { storeId, provider: system as never, config: values as never };
      await ask((api, signal) => api.POST('/configurePSP', { body, signal }));
    } else {
      const body = { ...further, storeId, kind, system: system as never, credentials: values as never };
      await ask((api, signal) => api.POST('/configureSync', { body, signal }));
    }
    onChanged();
  }

  return (
    <section class="panel">
      <h2>{words.connect}</h2>
      <div class="line">
        <Select
          label={words.kind}
          value={kind}
          options={kinds.map((each) => [each, words.kinds[each]] as const)}
          onInput={(value) => {
            setKind(value as SystemKind);
            setSystem('');
          }}
        />
        <Select
          label={words.system}
          value={system}
          options={[['', words.choose], ...systems.map((each) => [each, nameOf(kind, each)] as const)]}
          onInput={setSystem}
        />
      </div>
      {form && kind !== 'psp' && (
        <div class="line">
          <Select
            label={words.schedule}
            value={schedule}
            options={SCHEDULES.map((each) => [each, words.schedules[each]] as const)}
            onInput={(value) => setSchedule(value as typeof schedule)}
          />
          {kind !== 'erp' && (
            <Select
              label={words.program}
              value={programId}
              options={[
                ['', words.noProgram],
                ...(store.value?.programs ?? []).map((each) => [each.programId, each.programName] as const),
              ]}
              onInput={setProgramId}
            />
          )}
        </div>
      )}
      {form && canWrite && (
        <label class="check">
          <input type="checkbox" checked={writesCards} onChange={() => setWritesCards(!writesCards)} />
          {words.writesCards}
        </label>
      )}
      {form && kind === 'shop' && PAGES_OF_SHOPS.includes(system) && may('connectShop') && (
        <>
          <ShopPage
            system={system}
            form={form}
            further={further}
            isConnected={shops.includes(system)}
            onAsked={() => onAsked(system)}
            key={system}
          />
          <h3>{words.byKeys}</h3>
        </>
      )}
      {form && <Notices kind={kind} system={system} />}
      {form && <ConnectorForm form={form} send={send} key={`${kind} ${system}`} />}
    </section>
  );
}
