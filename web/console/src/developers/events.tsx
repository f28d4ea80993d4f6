/** `/console/developers/events`: what happens, as it happens; `/{eventId}` is one event. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { moment } from '../../../shared/i18n/format.ts';
import { parts } from '../../../shared/lib/router.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { Field } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { usePages } from '../ui/use-pages.ts';
import { t } from '../words.ts';
import { EventPage } from './event.tsx';
import { EVENT_TYPES } from './forms.gen.ts';
import { Head } from './head.tsx';
import { usePolling } from './use-polling.ts';
import { storeHere } from './webhooks.tsx';

type Event = components['schemas']['Event'];

export default function Events() {
  const [, , , eventId] = parts();
  return eventId === undefined ? <Log /> : <EventPage eventId={eventId} key={eventId} />;
}

const PAGE = 25;

function Log() {
  const [type, setType] = useState('');
  const [who, setWho] = useState('');
  const [userId, setUserId] = useState('');
  const words = t().developers.events;
  const { rows, error, isBusy, hasMore, more, again, refresh } = usePages<Event>(
    async (cursor) => {
      const only = { type: (type || null) as never, userId: userId || null }; // of the API's own list
      const body = { ...only, storeId: storeHere(), limit: PAGE, cursor };
      const page = await ask((api, signal) => api.POST('/listEvents', { body, signal }));
      return { rows: page.events, nextCursor: page.nextCursor };
    },
    (each) => each.id,
    [type, userId],
  );
  usePolling(refresh, rows !== undefined);

  return (
    <>
      <Head title={words.title} />
      <p class="quiet">{words.note}</p>
      <form
        class="panel"
        role="search"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setUserId(who.trim());
        }}
      >
        <div class="line">
          <Select
            label={words.type}
            value={type}
            options={[['', words.every], ...EVENT_TYPES.map((each) => [each, each] as const)]}
            onInput={setType}
          />
          <Field label={words.who} value={who} onInput={setWho} />
        </div>
        <button type="submit">{words.filter}</button>
      </form>
      <section class="panel" aria-busy={isBusy}>
        {rows?.length === 0 && <p>{type || userId ? words.noneSuch : words.none}</p>}
        {rows && rows.length > 0 && (
          <ol class="log" aria-label={words.title}>
            {rows.map((each) => (
              <EventRow event={each} key={each.id} />
            ))}
          </ol>
        )}
        {!rows && error === undefined && <Loading />}
        {error !== undefined && <Failed error={error} retry={again} />}
        {hasMore && error === undefined && (
          <button type="button" class="plain" aria-disabled={isBusy} onClick={more}>
            {words.earlier}
          </button>
        )}
      </section>
    </>
  );
}

function EventRow({ event }: { readonly event: Event }) {
  const { id, type, createdAt, data, test } = event;
  const words = t().developers.events;
  const userId = 'userId' in data && typeof data.userId === 'string' ? data.userId : '';
  return (
    <li class="event">
      <a href={`/console/developers/events/${encodeURIComponent(id)}`}>
        <code>{type}</code>
      </a>
      <span class="quiet">
        <time dateTime={createdAt}>{moment(new Date(createdAt))}</time>
        {userId && ` · ${userId}`}
        {test && ` · ${words.isTest}`}
      </span>
    </li>
  );
}
