/** `/console/developers/webhooks`: where events are sent to; `/{webhookId}` is one of these places. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { parts } from '../../../shared/lib/router.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may, store } from '../access.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { EndpointForm, type Described } from './endpoint-form.tsx';
import { EndpointPage } from './endpoint.tsx';
import { Head } from './head.tsx';
import { Secret } from './secret.tsx';

export type Webhook = components['schemas']['Webhook'];

export default function Webhooks() {
  const [, , , webhookId] = parts();
  const hooks = useRead(list, []);
  const found = hooks.value?.find((each) => each.webhookId === webhookId);
  if (webhookId === undefined) return <List hooks={hooks.value} error={hooks.error} again={hooks.again} />;
  if (found) return <EndpointPage hook={found} onChanged={hooks.again} key={webhookId} />;
  return (
    <>
      <Head title={t().developers.webhooks.title} />
      {!hooks.value && hooks.error === undefined && <Loading />}
      {hooks.value && <p class="panel">{t().developers.webhooks.gone}</p>}
      {hooks.error !== undefined && <Failed error={hooks.error} retry={hooks.again} />}
    </>
  );
}

interface ListProps {
  readonly hooks: readonly Webhook[] | undefined;
  readonly error: unknown;
  readonly again: () => void;
}

function List({ hooks, error, again }: ListProps) {
  const [made, setMade] = useState<readonly string[]>([]);
  const words = t().developers.webhooks;

  async function create(described: Described): Promise<void> {
    const body = { ...described, storeId: storeHere() };
    const { secret } = await ask((api, signal) => api.POST('/createWebhookEndpoint', { body, signal }));
    setMade((before) => [secret, ...before]); // The one before is shown until it is kept, too.
    again();
  }

  return (
    <>
      <Head title={words.title} />
      <p class="quiet">{words.note}</p>
      {made.map((secret) => (
        <Secret
          title={words.secret}
          note={words.secretNote}
          text={secret}
          onKept={() => setMade((before) => before.filter((each) => each !== secret))}
          key={secret}
        />
      ))}
      {hooks?.length === 0 && <p class="panel">{words.none}</p>}
      {hooks && hooks.length > 0 && (
        <ul class="plain-list">
          {hooks.map((hook) => (
            <li class="panel" key={hook.webhookId}>
              <a class="target" href={`/console/developers/webhooks/${encodeURIComponent(hook.webhookId)}`}>
                {targetOf(hook)}
              </a>
              {hook.description && <p>{hook.description}</p>}
              <p class={isWell(hook) ? 'quiet' : 'problem'}>{standingOf(hook)}</p>
            </li>
          ))}
        </ul>
      )}
      {!hooks && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={again} />}
      {may('createWebhookEndpoint') && (
        <section class="panel">
          <h2>{words.add}</h2>
          <EndpointForm submit={words.add} send={create} />
        </section>
      )}
    </>
  );
}

async function list(): Promise<readonly Webhook[]> {
  const body = { storeId: storeHere() };
  return (await ask((api, signal) => api.POST('/listWebhookEndpoints', { body, signal }))).webhooks;
}

export const storeHere = (): string => store.value?.storeId ?? '';

/** Return where it sends: a URL, that of a queue, or the ARN of a bus. */
export function targetOf({ url, destination, kind }: Webhook): string {
  if (url !== null) return url;
  const place = destination?.queueUrl ?? destination?.eventBusArn;
  return typeof place === 'string' ? place : kind;
}

const isWell = (hook: Webhook): boolean => hook.isEnabled && hook.failingSince === null;

export function standingOf(hook: Pick<Webhook, 'isEnabled' | 'disabledReason' | 'failingSince'>): string {
  const words = t().developers.webhooks;
  if (!hook.isEnabled) return words.off[hook.disabledReason ?? 'owner'] ?? words.isOff;
  return hook.failingSince === null ? words.isOn : words.failing;
}
