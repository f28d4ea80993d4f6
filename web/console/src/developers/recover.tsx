/** Send again all that has failed since a moment, when the receiver is mended. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { t } from '../words.ts';

const DAY_MS = 86_400_000;

interface Props {
  readonly webhookId: string;
  readonly onSent: () => void;
}

export function Recover({ webhookId, onSent }: Props) {
  const [since, setSince] = useState(() => localTime(new Date(Date.now() - DAY_MS)));
  const [problem, setProblem] = useState('');
  const [done, setDone] = useState('');
  const { isBusy, error, run } = useAction();
  const words = t().developers.webhooks;

  function recover(event: Event): void {
    event.preventDefault();
    setDone('');
    const from = new Date(since);
    setProblem(Number.isNaN(from.getTime()) ? words.sinceBad : '');
    if (Number.isNaN(from.getTime())) return;
    run(async () => {
      let [count, next] = [0, from.toISOString() as string | null];
      while (next !== null) {
        const body: { webhookId: string; since: string } = { webhookId, since: next };
        const answer = await ask((api, signal) => api.POST('/recoverWebhookDeliveries', { body, signal }));
        count += answer.recovered;
        next = answer.continueSince;
      }
      setDone(words.recovered(count));
      onSent();
    });
  }

  return (
    <details>
      <summary>{words.recover}</summary>
      <form class="stack" noValidate onSubmit={recover}>
        <p class="quiet">{words.recoverNote}</p>
        <label>
          {words.recoverSince}
          <input
            type="datetime-local"
            value={since}
            aria-invalid={problem ? true : undefined}
            onInput={(event) => setSince(event.currentTarget.value)}
          />
        </label>
        <p class="problem" role="alert">
          {problem}
        </p>
        {error !== undefined && <Failed error={error} />}
        <button type="submit" aria-disabled={isBusy}>
          {words.recoverNow}
        </button>
        <p role="status">{done}</p>
      </form>
    </details>
  );
}

/** Write a moment as the field wants it: the person's own time, to the minute. */
function localTime(at: Date): string {
  const offset = at.getTimezoneOffset() * 60_000;
  return new Date(at.getTime() - offset).toISOString().slice(0, 16);
}
