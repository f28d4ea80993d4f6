/** Connect a shop by a page of its own, on which the merchant says yes: no key is copied. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { safeUrl } from '../../../shared/lib/safe-url.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { t } from '../words.ts';
import { ConnectorField } from './connector-field.tsx';
import type { FormOf } from './form-of.ts';
import { FailedThere } from './failed-there.tsx';
import { refusedFields, RefusedWhole } from './refused-fields.tsx';
import { readValues, type Typed } from './typed.ts';
import { storeHere } from './webhooks.tsx';

interface Props {
  readonly system: string;
  readonly form: FormOf;
  readonly further: { readonly schedule: 'none' | 'hourly' | 'nightly'; readonly awardPointsProgramId: string | null; readonly writesCards: boolean };
  readonly isConnected: boolean;
  readonly onAsked: () => void;
}

/** What the shop must be told first; all else it gives by itself. */
const FIRST = new Set(['shop', 'shopUrl', 'clientId', 'clientSecret']);

export function ShopPage({ system, form, further, isConnected, onAsked }: Props) {
  const [typed, setTyped] = useState<Typed>({});
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [url, setUrl] = useState('');
  /** Connected before, it does not show whether the shop has said yes anew. */
  const [wasConnected, setWasConnected] = useState(false);
  const { isBusy, error, run } = useAction();
  const words = t().developers.connections;
  const fields = form.fields.filter((each) => FIRST.has(each.name)).map((each) => ({ ...each, isRequired: true }));
  const link = safeUrl(url);
  const isDone = url !== '' && isConnected && !wasConnected;

  function submit(event: Event): void {
    event.preventDefault();
    const read = readValues(fields, typed);
    setProblems(Object.fromEntries(Object.entries(read.doubts).map(([name, doubt]) => [name, words.doubts[doubt]])));
    if (Object.keys(read.doubts).length > 0) return;
    run(async () => {
      const body = { ...further, storeId: storeHere(), system: system as never, credentials: read.values };
      setWasConnected(isConnected);
      try {
        setUrl((await ask((api, signal) => api.POST('/connectShop', { body, signal }))).url);
      } catch (failure) {
        setProblems(refusedFields(failure, fields));
        throw failure;
      }
      onAsked();
    });
  }
  return (
    <form class="stack" noValidate autoComplete="off" onSubmit={submit}>
      <h3>{words.byPage}</h3>
      <p class="quiet">{words.byPageNote}</p>
      {fields.map((each) => (
        <ConnectorField
          field={each}
          value={typed[each.name]}
          problem={problems[each.name]}
          onInput={(value) => setTyped((before) => ({ ...before, [each.name]: value }))}
          key={each.name}
        />
      ))}
      <RefusedWhole error={error} fields={fields} />
      {error !== undefined && <FailedThere error={error} />}
      <button type="submit" aria-disabled={isBusy}>
        {words.getPage}
      </button>
      <p role="status">
        {isDone && words.connected}
        {link && !isDone && (
          <a class="button" href={link} target="_blank" rel="noopener noreferrer">
            {words.openPage}
          </a>
        )}
        {url && !link && <code>{url}</code>}
      </p>
    </form>
  );
}
