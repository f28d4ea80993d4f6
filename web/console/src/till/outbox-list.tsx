/** The bookings that wait here: what becomes of each, and what a person has to decide. */

import { useEffect } from 'preact/hooks';
import { counted, moment } from '../../../shared/i18n/format.ts';
import { Sure } from '../../../shared/ui/sure.tsx';
import { t } from '../words.ts';
import { countsThen, standing, type Entry } from './outbox-rules.ts';
import { Differing } from './differing.tsx';
import { GiveCard, NO_CARD } from './give-card.tsx';
import { drop, elsewhere, load, onItsWay, retry, waiting } from './outbox.ts';
import { saleOf } from './sale.ts';
import { SentLater } from './sent-later.tsx';

/** `shown` is what the page shows as its last booking. */
export function Outbox({ shown }: { readonly shown: string | undefined }) {
  const words = t().till.outbox;
  const entries = waiting.value.filter((each) => !each.outcome);
  useEffect(() => void load(), []);

  return (
    <>
      <SentLater shown={shown} />
      {entries.length > 0 && (
        <section class="panel noted" aria-labelledby="outbox">
          <h2 id="outbox">
            {words.title}: {entries.length}
          </h2>
          <ul class="plain-list outbox">
            {entries.map((entry) => (
              <Waiting entry={entry} key={entry.key} />
            ))}
          </ul>
        </section>
      )}
      <Differing entries={waiting.value} />
      {elsewhere.value > 0 && <p class="panel">{counted(elsewhere.value, words.elsewhere)}</p>}
    </>
  );
}

function Waiting({ entry }: { readonly entry: Entry }) {
  const words = t().till.outbox;
  const how = standing(entry, Date.now());
  const amount = saleOf(entry);
  const cardless = entry.refusal === NO_CARD && 'userId' in entry.customer ? entry.customer.userId : undefined;
  if (onItsWay.value.has(entry.key)) return <OnItsWay entry={entry} />;
  return (
    <li class="stack">
      <p>
        <strong>{amount}</strong> · {t().till.somebody(entry.mark)} · {entry.programName} · {moment(new Date(entry.at))}
      </p>
      {cardless ? (
        <GiveCard userId={cardless} programId={entry.programId} onGiven={() => void retry(entry.key)} />
      ) : (
        <p class={how === 'refused' ? 'problem' : 'quiet'}>{reasonOf(entry)}</p>
      )}
      <div class="line">
        {how !== 'waiting' && (
          <button type="button" onClick={() => void retry(entry.key)}>
            {how === 'old' ? words.sendOld : words.retry}
          </button>
        )}
        <Sure
          question={(entry.wasSent ? words.discardSent : words.discardSure)(amount)}
          yes={words.discard}
          look="plain"
          act={() => void drop(entry.key)}
        >
          {words.discard}
        </Sure>
      </div>
    </li>
  );
}

/** Nothing is to be decided of it: its answer comes in a moment. */
function OnItsWay({ entry }: { readonly entry: Entry }) {
  return (
    <li>
      <p class="large" role="status">
        {t().till.outbox.onItsWay(saleOf(entry))}
      </p>
      <p>
        {t().till.somebody(entry.mark)} · {entry.programName}
      </p>
    </li>
  );
}

function reasonOf(entry: Entry): string {
  const words = t().till.outbox;
  const now = Date.now();
  switch (standing(entry, now)) {
    case 'waiting':
      return entry.wasSent ? words.wasSent : words.waiting;
    case 'old':
      return countsThen(entry, now) ? words.old : `${words.old} ${words.today}`;
    case 'differs':
      return ''; // It is in a list of its own.
    case 'refused':
      return refusalOf(entry.refusal ?? '');
  }
}

/** What the API's code means for a purchase that is over: the customer is not there any more. */
function refusalOf(code: string): string {
  const { codes, ...kinds } = t().problem;
  if (code === 'MEMBER_CODE_EXPIRED') return t().till.outbox.codeOver;
  return codes[code] ?? (kinds as Readonly<Record<string, string>>)[code] ?? kinds.invalid;
}
