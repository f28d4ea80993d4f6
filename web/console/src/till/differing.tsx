/** Purchases that were sent later and earned something else than the rules had said at the counter: until somebody has read it. */

import { moment } from '../../../shared/i18n/format.ts';
import { store } from '../access.ts';
import { linkTo } from '../sections.ts';
import { amount, t } from '../words.ts';
import type { Entry, Outcome } from './outbox-rules.ts';
import { drop } from './outbox.ts';
import { saleOf } from './sale.ts';

export function Differing({ entries }: { readonly entries: readonly Entry[] }) {
  const words = t().till.differing;
  const rows = entries.flatMap((entry) => (entry.outcome ? [{ entry, outcome: entry.outcome }] : []));
  if (rows.length === 0) return null;
  return (
    <section class="panel noted" aria-labelledby="differing">
      <h2 id="differing">
        {words.title}: {rows.length}
      </h2>
      <p>{words.note}</p>
      <ul class="plain-list outbox">
        {rows.map((each) => (
          <Row {...each} key={each.entry.key} />
        ))}
      </ul>
    </section>
  );
}

function Row({ entry, outcome }: { readonly entry: Entry; readonly outcome: Outcome }) {
  const words = t().till.differing;
  const program = store.value?.programs.find((each) => each.programId === entry.programId);
  const write = (value: number): string => (program ? amount(value, program) : String(value));
  const member = 'userId' in entry.customer ? linkTo('members', entry.customer.userId) : undefined;
  return (
    <li class="stack">
      <p>
        <strong>{saleOf(entry)}</strong> · {t().till.somebody(entry.mark)} ·{' '}
        {entry.programName} · {moment(new Date(entry.at))}
      </p>
      <p class="problem">{words.row(write(outcome.promised), write(outcome.booked))}</p>
      <div class="line">
        {member && <a href={member}>{words.member}</a>}
        <button type="button" class="plain" onClick={() => void drop(entry.key)}>
          {words.read}
        </button>
      </div>
    </li>
  );
}
