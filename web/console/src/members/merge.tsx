/** Make one member of two: choose the other one, see both, and say who stays. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { go, staying } from '../../../shared/lib/router.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { store } from '../access.ts';
import { nameOf, type Member } from '../people.ts';
import { amount, t } from '../words.ts';
import { FindMember } from './find-member.tsx';
import { linkTo } from './member-table.tsx';
import { NotDone } from './not-done.tsx';
import { useIntention } from '../ui/use-intention.ts';
import { useSearch } from '../ui/use-search.ts';

export type Found = components['schemas']['GetMemberResponse'];

interface Props {
  readonly found: Found;
  readonly onMerged: () => void;
}

/** The member of this page and the other one, as both are now. */
interface Pair {
  readonly own: Found;
  readonly other: Found;
}

export function Merge({ found, onMerged }: Props) {
  const [pair, setPair] = useState<Pair>();
  const [isOtherKept, setOtherKept] = useState(false);
  const [unread, setUnread] = useState<unknown>();
  const { isBusy, error, run } = useAction();
  const { search } = useSearch();
  const carryOut = useIntention();
  const words = t().member;
  const [from, into] = isOtherKept ? [pair?.own, pair?.other] : [pair?.other, pair?.own];

  function choose({ userId }: Member): void {
    setUnread(undefined);
    search({
      wanted: userId,
      read: () => Promise.all([read(found.member.userId), read(userId)]),
      show: ([own, other]) => {
        setOtherKept(!own.member.isCustomer && other.member.isCustomer);
        setPair({ own, other });
      },
      fail: setUnread,
    });
  }

  function merge(from: Found, into: Found): void {
    const body = { fromUserId: from.member.userId, intoUserId: into.member.userId };
    const isHere = staying();
    run(async () => {
      await carryOut(body, (key) =>
        ask((api, signal) =>
          api.POST('/mergeMembers', { body, headers: { 'Idempotency-Key': key }, signal }),
        ),
      );
      setPair(undefined);
      if (into === pair?.own) onMerged();
      else if (isHere()) go(linkTo(into.member.userId));
    });
  }

  return (
    <details>
      <summary>{words.merge}</summary>
      <div class="stack">
        <p class="quiet">{words.mergeNote}</p>
        {!pair && <FindMember without={found.member.userId} onChosen={choose} />}
        {pair && into && from && (
          <>
            <fieldset class="stack">
              <legend>{words.mergeKeep}</legend>
              <Candidate of={pair.own} other={pair.other} isKept={!isOtherKept} onKeep={() => setOtherKept(false)} />
              <Candidate of={pair.other} other={pair.own} isKept={isOtherKept} onKeep={() => setOtherKept(true)} />
            </fieldset>
            {from.member.isCustomer && <p class="problem">{words.mergeSignIn(nameOf(from.member))}</p>}
            <p>{words.mergeSentence(nameOf(from.member), nameOf(into.member))}</p>
            <div class="row start">
              <button
                type="button"
                class="severe"
                aria-disabled={isBusy}
                onClick={() => merge(from, into)}
              >
                {words.mergeNow}
              </button>
              <button type="button" class="plain" onClick={() => setPair(undefined)}>
                {words.mergeOther}
              </button>
            </div>
          </>
        )}
        <NotDone error={error ?? unread} />
      </div>
    </details>
  );
}

const read = (userId: string): Promise<Found> =>
  ask((api, signal) => api.POST('/getMember', { body: { userId }, signal }));

interface CandidateProps {
  readonly of: Found;
  readonly other: Found;
  readonly isKept: boolean;
  readonly onKeep: () => void;
}

function Candidate({ of, other, isKept, onKeep }: CandidateProps) {
  const { member, memberships } = of;
  // The card reads what belongs to the sign-in: who has one cannot go into somebody without.
  const isRefused = other.member.isCustomer && !member.isCustomer;
  const programs = new Map((store.value?.programs ?? []).map((each) => [each.programId, each]));
  const known = [member.email, member.phone, member.customerNumber, member.userId];
  return (
    <label class="candidate">
      <input type="radio" name="kept" checked={isKept} disabled={isRefused} onChange={onKeep} />
      <span class="stack">
        <strong>{nameOf(member)}</strong>
        <span class="quiet">{[...new Set(known.filter(Boolean))].join(' · ')}</span>
        {member.isCustomer && <span class="quiet">{t().member.mergeCustomer}</span>}
        {memberships.map((each) => {
          const program = programs.get(each.programId);
          return (
            program && (
              <span key={each.programId}>
                {program.programName}: {amount(each.currentBalance, program)}
              </span>
            )
          );
        })}
        {memberships.some((each) => !programs.has(each.programId)) && (
          <span class="quiet">{t().member.mergeMore}</span>
        )}
      </span>
    </label>
  );
}
