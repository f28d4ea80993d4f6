/** One webhook endpoint: how it stands, what was sent to it, and what can be changed. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { moment, number } from '../../../shared/i18n/format.ts';
import { go, staying } from '../../../shared/lib/router.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { may } from '../access.ts';
import { forget } from '../ui/unsaved.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { Deliveries } from './deliveries.tsx';
import { EndpointForm, type Described } from './endpoint-form.tsx';
import { Head } from './head.tsx';
import { Secret } from './secret.tsx';
import { SendTest } from './send-test.tsx';
import { usePolling } from '../ui/use-polling.ts';
import { standingOf, targetOf, type Webhook } from './webhooks.tsx';

interface Props {
  readonly hook: Webhook;
  readonly onChanged: () => void;
}

export function EndpointPage({ hook, onChanged }: Props) {
  const [times, setTimes] = useState(0);
  const words = t().developers.webhooks;
  const { webhookId } = hook;
  const sent = (): void => setTimes((before) => before + 1);
  return (
    <>
      <Head title={targetOf(hook)} isAddress />
      <a class="back" href="/console/developers/webhooks">
        {words.back}
      </a>
      <Standing hook={hook} times={times} />
      <Deliveries webhookId={webhookId} times={times} onSent={sent} />
      {may('sendTestWebhookEvent') && <SendTest webhookId={webhookId} onSent={sent} />}
      {may('updateWebhookEndpoint') && <Settings hook={hook} onChanged={onChanged} />}
    </>
  );
}

function Standing({ hook, times }: { readonly hook: Webhook; readonly times: number }) {
  const words = t().developers.webhooks;
  const body = { webhookId: hook.webhookId };
  const stats = useRead(() => ask((api, signal) => api.POST('/getWebhookStats', { body, signal })), [hook, times]);
  usePolling(stats.again, (stats.value?.pending ?? 0) > 0);
  const counts = ['succeeded', 'pending', 'dead', 'skipped'] as const;
  return (
    <section class="panel" aria-busy={!stats.value && stats.error === undefined}>
      <h2>{words.standing}</h2>
      <p class={hook.isEnabled && hook.failingSince === null ? '' : 'problem'}>{standingOf(hook)}</p>
      {hook.failingSince !== null && <p>{words.since(moment(new Date(hook.failingSince)))}</p>}
      {stats.value && (
        <dl>
          {counts.map((each) => (
            <div class="pair" key={each}>
              <dt>{words.states[each]}</dt>
              <dd>{number(stats.value?.[each] ?? 0)}</dd>
            </div>
          ))}
        </dl>
      )}
      {stats.error !== undefined && <Failed error={stats.error} retry={stats.again} />}
    </section>
  );
}

function Settings({ hook, onChanged }: Props) {
  const [secret, setSecret] = useState('');
  const { isBusy, error, run } = useAction();
  const words = t().developers.webhooks;
  const { webhookId } = hook;

  async function update(changes: Partial<Described> & { isEnabled?: boolean }): Promise<void> {
    const body = { ...changes, webhookId };
    await ask((api, signal) => api.POST('/updateWebhookEndpoint', { body, signal }));
    onChanged();
  }

  async function rotate(): Promise<void> {
    const body = { webhookId };
    setSecret((await ask((api, signal) => api.POST('/rotateWebhookSecret', { body, signal }))).secret);
  }

  async function remove(): Promise<void> {
    const body = { webhookId };
    const isHere = staying();
    await ask((api, signal) => api.POST('/deleteWebhookEndpoint', { body, signal }));
    forget(); // A secret of it, or what was typed about it.
    onChanged();
    if (isHere()) go('/console/developers/webhooks');
  }

  return (
    <section class="panel" aria-busy={isBusy}>
      <h2>{words.settings}</h2>
      <details>
        <summary>{words.edit}</summary>
        <EndpointForm hook={hook} submit={words.save} send={update} />
      </details>
      <div class="acts">
        <button
          type="button"
          class="plain"
          aria-disabled={isBusy}
          onClick={() => run(() => update({ isEnabled: !hook.isEnabled }))}
        >
          {hook.isEnabled ? words.switchOff : words.switchOn}
        </button>
        <Sure look="plain" question={words.rotateSure} yes={words.rotateYes} act={() => run(rotate)} isBusy={isBusy}>
          {words.rotate}
        </Sure>
        <Sure look="plain" question={words.removeSure} yes={words.removeYes} act={() => run(remove)} isBusy={isBusy}>
          {words.remove}
        </Sure>
      </div>
      {secret && <Secret title={words.secret} note={words.rotated} text={secret} onKept={() => setSecret('')} />}
      {error !== undefined && <Failed error={error} />}
    </section>
  );
}
