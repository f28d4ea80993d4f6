/** What was booked on a card, the newest first, each with its reason and who booked it. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { entryText } from '../../../shared/card/entry-texts.ts';
import { exactMoney, moment } from '../../../shared/i18n/format.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import type { Program } from '../store.ts';
import { usePages } from '../ui/use-pages.ts';
import { amount, t } from '../words.ts';
import { GiveBack } from './give-back.tsx';
import { redemptionState } from './redemption-state.ts';
import { Reverse } from './reverse.tsx';
import { bookerOf, readStaff, type Labels } from './staff-labels.ts';
import type { CardRules } from './takeable.ts';
import { WaitingReturns, type WaitingReturn } from './waiting-returns.tsx';
import { useSaid } from '../ui/use-said.ts';

export type Entry = components['schemas']['HistoryLine'];

interface Props {
  readonly userId: string;
  readonly program: Program;
  /** It rises with each booking: then the history is read again. */
  readonly version: number;
  /** What is on the card, and what the program says of purchases that come back, if that is known. */
  readonly balance: number;
  readonly refundPolicy: CardRules['refundPolicy'] | undefined;
  readonly onChanged: () => void;
}

export function History({ userId, program, version, balance, refundPolicy, onChanged }: Props) {
  const [times, setTimes] = useState(0);
  const [waiting, setWaiting] = useState<readonly WaitingReturn[]>([]);
  const [labels, setLabels] = useState<Labels>(new Map());
  const [said, say] = useSaid();
  const words = t().member;
  const mayReverse = may('reverseLoyaltyTransaction');

  const pages = usePages<Entry>(
    async (cursor) => {
      const wanted = { includeCameBack: mayReverse, includeRedemptions: true };
      const body = { programId: program.programId, userId, limit: 10, cursor, ...wanted };
      const page = await ask((api, signal) => api.POST('/getLoyaltyTransactions', { body, signal }));
      const isOfStaff = page.transactions.some((each) => each.staffId ?? each.redemption?.usedBy);
      if (isOfStaff) void readStaff().then(setLabels);
      if (cursor === null) setWaiting(page.waitingReturns);
      return { rows: page.transactions, nextCursor: page.nextCursor };
    },
    (each) => each.entryId,
    [userId, program.programId, version, times],
  );
  const { rows: entries, error, isBusy } = pages;

  function done(sentence: string): void {
    say(sentence);
    setTimes((before) => before + 1);
    onChanged();
  }

  return (
    <div class="stack" aria-busy={isBusy}>
      <WaitingReturns returns={waiting} program={program} />
      <h3>{words.history}</h3>
      <p role="status">{said}</p>
      {entries?.length === 0 && <p class="quiet">{words.none}</p>}
      {!entries && error === undefined && <Loading />}
      <ul class="plain-list entries">
        {entries?.map((entry) => (
          <li class="entry" key={entry.entryId}>
            <span>{sentenceFor(entry)}</span>
            <span class={entry.points < 0 ? 'minus' : 'plus'}>
              {entry.points > 0 && '+'}
              {(entry.points || entry.pendingPoints) !== 0 && amount(entry.points || entry.pendingPoints, program)}
            </span>
            <span class="quiet">
              <time dateTime={entry.createdAt}>{moment(new Date(entry.createdAt))}</time>
              {bookerOf(entry, labels)}
              {entry.purchaseAmount !== null && ` · ${words.purchase(exactMoney(entry.purchaseAmount, program.currency))}`}
            </span>
            {markOf(entry, program) && <span class="quiet whole">{markOf(entry, program)}</span>}
            {redemptionState(entry, program, labels).map((line) => (
              <span class="quiet whole" key={line}>
                {line}
              </span>
            ))}
            {mayReverse && entry.cameBack && entry.cameBack.leftPoints > 0 && (
              <Reverse
                userId={userId}
                program={program}
                entryId={entry.entryId}
                points={entry.cameBack.leftPoints}
                isRest={entry.cameBack.askedPoints > 0}
                balance={entry.points > 0 ? balance : undefined}
                refundPolicy={refundPolicy}
                onDone={done}
                onRefused={onChanged}
              />
            )}
            {isGivenBackHere(entry) && may('getRedemption', 'cancelRedemption') && (
              <GiveBack
                userId={userId}
                program={program}
                entryId={entry.entryId}
                onDone={done}
                onRefused={onChanged}
              />
            )}
          </li>
        ))}
      </ul>
      {error !== undefined && <Failed error={error} retry={pages.again} />}
      {pages.hasMore && error === undefined && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={pages.more}>
          {words.earlier}
        </button>
      )}
    </div>
  );
}

/** What was not handed out, and does not come back with its purchase alone. */
const isGivenBackHere = ({ redemption }: Entry): boolean =>
  redemption?.status === 'redeemed' && redemption.returnedBy === null;

/** What became of it: what was taken back, or of a redemption given back. */
function markOf(entry: Entry, program: Program): string {
  const words = t().member;
  const { reversedPoints, cameBack } = entry;
  const part = amount(reversedPoints, program);
  if (entry.type === 'redeem') {
    if (reversedPoints <= 0 && entry.redemption?.status !== 'cancelled') return '';
    return reversedPoints >= -entry.points || reversedPoints <= 0 ? words.wasGivenBack : words.partGivenBack(part);
  }
  const granted = Math.max(entry.points, entry.pendingPoints);
  if (reversedPoints > 0 && reversedPoints >= granted) return words.wasTaken;
  const isAskedWhole = cameBack !== null && cameBack.askedPoints >= granted && cameBack.askedPoints > 0;
  if (reversedPoints > 0) return isAskedWhole ? words.takenAsFar(part) : words.partTaken(part);
  return isAskedWhole ? words.nothingTaken : '';
}

function sentenceFor(entry: Entry): string {
  const words = t().member;
  // What a cancelled redemption brings back is one of these, too.
  const isBack = entry.type === 'reverse' && entry.points > 0;
  const kind = isBack ? words.givenBackKind : (words.kinds[entry.type] ?? entry.type);
  // A merge says nothing but that it is one.
  return entry.description && entry.type !== 'merge' ? `${kind}: ${entryText(entry)}` : kind;
}
