/** Send an event to an endpoint that has not happened, to see whether it arrives. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { Select } from '../ui/select.tsx';
import { t } from '../words.ts';
import { EVENT_TYPES } from './forms.gen.ts';

interface Props {
  readonly webhookId: string;
  readonly onSent: () => void;
}

export function SendTest({ webhookId, onSent }: Props) {
  const [type, setType] = useState(EVENT_TYPES[0] ?? '');
  const [done, setDone] = useState('');
  const { isBusy, error, run } = useAction();
  const words = t().developers.webhooks;

  function send(event: Event): void {
    event.preventDefault();
    setDone('');
    run(async () => {
      const body = { webhookId, type: type as never }; // of the API's own list
      await ask((api, signal) => api.POST('/sendTestWebhookEvent', { body, signal }));
      setDone(words.testSent);
      onSent();
    });
  }

  return (
    <form class="panel" noValidate onSubmit={send}>
      <h2>{words.test}</h2>
      <p class="quiet">{words.testNote}</p>
      <Select
        label={words.type}
        value={type}
        options={EVENT_TYPES.map((each) => [each, each] as const)}
        onInput={setType}
      />
      {error !== undefined && <Failed error={error} />}
      <button type="submit" aria-disabled={isBusy}>
        {words.sendTest}
      </button>
      <p role="status">{done}</p>
    </form>
  );
}
