/** `/console/developers/keys`: the account's API keys; a new one is shown once. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { Refused } from '../ui/refused.tsx';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { Head } from './head.tsx';
import { KeyRow, type ApiKey } from './key-row.tsx';
import { MakeKey } from './make-key.tsx';
import { namesOfStaff } from './people.ts';
import { Secret } from './secret.tsx';

export default function Keys() {
  const [isWithRevoked, setWithRevoked] = useState(false);
  const [made, setMade] = useState<readonly Made[]>([]);
  const { isBusy, error, run, again } = useAction();
  const words = t().developers.keys;
  const keys = useRead(() => list(isWithRevoked), [isWithRevoked]);
  const names = useRead(namesOfStaff, []);

  const without = (keyId: string): void => setMade((before) => before.filter(({ apiKey }) => apiKey.keyId !== keyId));

  function show(answer: Made): void {
    setMade((before) => [answer, ...before]); // The one before is shown until it is kept, too.
    keys.again();
  }

  function rotate(key: ApiKey): void {
    run(async () => {
      const body = { keyId: key.keyId };
      const answer = await ask((api, signal) => api.POST('/rotateApiKey', { body, signal }));
      without(key.keyId);
      show(answer);
    });
  }

  function revoke(key: ApiKey): void {
    run(async () => {
      const body = { keyId: key.keyId };
      await ask((api, signal) => api.POST('/revokeApiKey', { body, signal }));
      without(key.keyId);
      keys.again();
    });
  }

  return (
    <>
      <Head title={words.title} />
      <p class="quiet">{words.note}</p>
      {made.map(({ apiKey, key }) =>
        key === null ? null : (
          <Secret
            title={words.made}
            note={apiKey.kind === 'secret' ? words.keepSecret : words.keepPublishable}
            text={key}
            onKept={() => without(apiKey.keyId)}
            key={key}
          />
        ),
      )}
      <Refused error={error} again={again} />
      <section class="panel" aria-busy={isBusy}>
        {keys.value?.length === 0 && <p>{words.none}</p>}
        {keys.value && keys.value.length > 0 && (
          <table class="keys">
            <caption>{words.list}</caption>
            <thead>
              <tr>
                {[words.label, words.key, words.since, words.change].map((each) => (
                  <th scope="col" key={each}>
                    {each}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {keys.value.map((key) => (
                <KeyRow
                  apiKey={key}
                  names={names.value ?? new Map()}
                  isBusy={isBusy}
                  onRotate={() => rotate(key)}
                  onRevoke={() => revoke(key)}
                  key={key.keyId}
                />
              ))}
            </tbody>
          </table>
        )}
        {!keys.value && keys.error === undefined && <Loading />}
        {keys.error !== undefined && <Failed error={keys.error} retry={keys.again} />}
        <label class="check">
          <input
            type="checkbox"
            checked={isWithRevoked}
            onChange={(event) => setWithRevoked(event.currentTarget.checked)}
          />
          {words.withRevoked}
        </label>
      </section>
      <MakeKey onMade={show} />
    </>
  );
}

type Schemas = components['schemas'];
type Made = Pick<Schemas['CreateApiKeyResponse'], 'apiKey' | 'key'>;

async function list(includeRevoked: boolean): Promise<readonly ApiKey[]> {
  const body = { includeRevoked };
  return (await ask((api, signal) => api.POST('/listApiKeys', { body, signal }))).apiKeys;
}
