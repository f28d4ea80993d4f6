/** `/console/developers/events`: what happens, as it happens; `/{eventId}` is one event. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { moment } from '../../../shared/i18n/format.ts';
import { parts } from '../../../shared/lib/router.ts';
import { Field } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { usePages } from '../ui/use-pages.ts';
import { t } from '../words.ts';
import { EventPage } from './event.tsx';
import { EVENT_TYPES } from './forms.gen.ts';
import { Head } from './head.tsx';
import { PagedList } from './paged-list.tsx';
import { usePolling } from '../ui/use-polling.ts';
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
  const pages = usePages<Event>(
    async (cursor) => {
      const only = { type: (type || null) as never, userId: userId || null }; // of the API's own list
      const body = { ...only, storeId: storeHere(), limit: PAGE, cursor };
      const page = await ask((api, signal) => api.POST('/listEvents', { body, signal }));
      return { rows: page.events, nextCursor: page.nextCursor };
    },
    (each) => each.id,
    [type, userId],
  );
  usePolling(pages.refresh, pages.rows !== undefined);

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
      <section class="panel" aria-busy={pages.isBusy}>
        <PagedList
          pages={pages}
          none={type || userId ? words.noneSuch : words.none}
          earlier={words.earlier}
          name={words.title}
          row={(each) => <EventRow event={each} key={each.id} />}
        />
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
