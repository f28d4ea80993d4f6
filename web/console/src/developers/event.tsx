/** One event, as it is sent to webhooks. */

import { ask } from '../../../shared/api/client.ts';
import { moment } from '../../../shared/i18n/format.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { Code } from './code.tsx';
import { Head } from './head.tsx';

export function EventPage({ eventId }: { readonly eventId: string }) {
  const words = t().developers.events;
  const body = { eventId };
  const found = useRead(() => ask((api, signal) => api.POST('/getEvent', { body, signal })), [eventId]);
  const event = found.value?.event;
  return (
    <>
      <Head title={event?.type ?? words.title} isAddress={event !== undefined} />
      <a class="back" href="/console/developers/events">
        {words.back}
      </a>
      {!event && found.error === undefined && <Loading />}
      {found.error !== undefined && <Failed error={found.error} retry={found.again} />}
      {event && (
        <section class="panel">
          <p>{moment(new Date(event.createdAt))}</p>
          <Code label={words.content} text={JSON.stringify(event, null, 2)} />
        </section>
      )}
    </>
  );
}
