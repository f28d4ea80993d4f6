/** What was booked: the latest at once, as the membership has them; earlier ones on demand. */

import { useState } from 'preact/hooks';
import { readHistory } from '../data.ts';
import { time, type Entry, type Membership, type ProgramCard } from '../../../shared/card/model.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { changeOf, kindOf, titleOf } from '../entries.ts';
import { amount, exactMoney, moment, t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  readonly membership: Membership;
}

export function History({ card, membership }: Props) {
  const [read, setRead] = useState<readonly Entry[]>();
  const [isWhole, setWhole] = useState(membership.recent.length < 10);
  const { isBusy, error, run } = useAction();
  const known = new Set(read?.map((each) => each.entryId));
  const entries = [...membership.recent.filter((each) => !known.has(each.entryId)), ...(read ?? [])];

  async function more(): Promise<void> {
    const page = await readHistory(membership.membershipId, read?.at(-1)?.seq);
    setRead([...(read ?? []), ...page]);
    setWhole(page.length < 20);
  }

  return (
    <section class="stack">
      <h2>{t().history.title}</h2>
      {entries.length === 0 && <p class="quiet">{t().history.none}</p>}
      <ul class="plain-list entries">
        {entries.map((entry) => (
          <li key={entry.entryId} class="entry">
            <span>{titleOf(entry)}</span>
            <Change units={changeOf(entry)} card={card} scale={membership.scale} />
            <time class="quiet" dateTime={time(entry.recordedAt).toISOString()}>
              {moment(time(entry.recordedAt))}
            </time>
            {entry.purchaseAmount && (
              <span class="quiet">{t().history.purchase(exactMoney(Number(entry.purchaseAmount), card.currency))}</span>
            )}
            {entry.kind === 'pending' && titleOf(entry) !== kindOf(entry) && <span class="quiet kind">{kindOf(entry)}</span>}
          </li>
        ))}
      </ul>
      {error !== undefined && <Failed error={error} />}
      {!isWhole && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={() => run(more)}>
          {t().history.more}
        </button>
      )}
    </section>
  );
}

interface ChangeProps {
  readonly units: number;
  readonly card: ProgramCard;
  readonly scale: number;
}

/** A new level, or a later expiry, changes no amount. */
function Change({ units, card, scale }: ChangeProps) {
  return (
    <span class={units < 0 ? 'minus' : 'plus'}>
      {units > 0 && '+'}
      {units !== 0 && amount(units, card, scale)}
    </span>
  );
}
