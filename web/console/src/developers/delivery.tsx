/** One delivery: its attempts, and sending it again. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { moment, number } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import type { Delivery } from './deliveries.tsx';

interface Props {
  readonly delivery: Delivery;
  readonly onSent: () => void;
}

export function DeliveryItem({ delivery, onSent }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { isBusy, error, run } = useAction();
  const words = t().developers.webhooks;
  const { deliveryId, type, state, attemptCount, createdAt, test } = delivery;
  const isFailing = state === 'pending' && attemptCount > 0;

  function again(): void {
    run(async () => {
      const body = { deliveryId };
      await ask((api, signal) => api.POST('/retryWebhookDelivery', { body, signal }));
      onSent();
    });
  }

  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <code>{type}</code>{' '}
          <span class={`state ${isFailing ? 'failed' : state}`}>{isFailing ? words.retrying : words.states[state]}</span>
          <span class="quiet">
            {moment(new Date(createdAt))} · {words.attempts(attemptCount)} · {resultOf(delivery)}
            {test && ` · ${words.isTest}`}
          </span>
        </summary>
        {isOpen && <Attempts delivery={delivery} />}
        <p>
          <a href={`/console/developers/events/${encodeURIComponent(delivery.eventId)}`}>{words.event}</a>
        </p>
      </details>
      {may('retryWebhookDelivery') && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={again}>
          {words.again} <span class="for-readers">{type}</span>
        </button>
      )}
      {error !== undefined && <Failed error={error} />}
    </li>
  );
}

function Attempts({ delivery }: { readonly delivery: Delivery }) {
  const words = t().developers.webhooks;
  const { deliveryId, attemptCount, state, nextAttemptAt, reason } = delivery;

  const body = { deliveryId };
  const read = useRead(
    () => ask((api, signal) => api.POST('/getWebhookDelivery', { body, signal })),
    [deliveryId, attemptCount, state],
  );
  const attempts = read.value?.delivery.attempts;

  if (read.error !== undefined) return <Failed error={read.error} retry={read.again} />;
  if (!attempts) return <Loading />;
  return (
    <>
      <ol class="attempts">
        {attempts.map((each) => (
          <li key={each.at}>
            <span>
              {moment(new Date(each.at))} · {answerOf(each.status, each.error)} · {number(each.durationMs)} ms
            </span>
            {each.responseText && <pre tabIndex={0}>{each.responseText}</pre>}
          </li>
        ))}
      </ol>
      {attempts.length === 0 && <p>{words.noAttempt}</p>}
      {nextAttemptAt !== null && <p class="quiet">{words.next(moment(new Date(nextAttemptAt)))}</p>}
      {reason !== null && <p class="quiet">{words.reasons[reason] ?? reason}</p>}
    </>
  );
}

function resultOf({ lastStatus, lastError }: Delivery): string {
  return answerOf(lastStatus, lastError) ?? t().developers.webhooks.noAttempt;
}

/** What was answered, or why nothing was; `undefined` if nothing was sent yet. */
function answerOf(status: number | null, error: string | null): string | undefined {
  if (status !== null) return `HTTP ${status}`;
  return error === null ? undefined : (t().developers.webhooks.unanswered[error] ?? error);
}
