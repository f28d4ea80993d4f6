/** Make one member of two: choose the other one, see both, and say who stays. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { go } from '../../../shared/lib/router.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { store } from '../access.ts';
import { nameOf, type Member } from '../people.ts';
import { amount, t } from '../words.ts';
import { FindMember } from './find-member.tsx';
import { linkTo } from './member-table.tsx';
import { NotDone } from './not-done.tsx';
import { useIntention } from '../ui/use-intention.ts';

export type Found = components['schemas']['GetMemberResponse'];

interface Props {
  readonly found: Found;
  readonly onMerged: () => void;
}

export function Merge({ found, onMerged }: Props) {
  const [other, setOther] = useState<Found>();
  const [isOtherKept, setOtherKept] = useState(false);
  const { isBusy, error, run } = useAction();
  const carryOut = useIntention();
  const words = t().member;

  function choose({ userId }: Member): void {
    run(async () => setOther(await ask((api, signal) => api.POST('/getMember', { body: { userId }, signal }))));
  }

  function merge(from: Found, into: Found): void {
    const body = { fromUserId: from.member.userId, intoUserId: into.member.userId };
    run(async () => {
      await carryOut(body, (key) =>
        ask((api, signal) =>
          api.POST('/mergeMembers', { body, headers: { 'Idempotency-Key': key }, signal }),
        ),
      );
      setOther(undefined);
      if (into === found) onMerged();
      else go(linkTo(into.member.userId));
    });
  }

  return (
    <details>
      <summary>{words.merge}</summary>
      <div class="stack">
        <p class="quiet">{words.mergeNote}</p>
        {!other && <FindMember without={found.member.userId} onChosen={choose} />}
        {other && (
          <>
            <fieldset class="stack">
              <legend>{words.mergeKeep}</legend>
              <Candidate of={found} isKept={!isOtherKept} onKeep={() => setOtherKept(false)} />
              <Candidate of={other} isKept={isOtherKept} onKeep={() => setOtherKept(true)} />
            </fieldset>
            <p>{mergeSentence(isOtherKept ? found : other, isOtherKept ? other : found)}</p>
            <div class="row start">
              <button
                type="button"
                class="severe"
                aria-disabled={isBusy}
                onClick={() => merge(isOtherKept ? found : other, isOtherKept ? other : found)}
              >
                {words.mergeNow}
              </button>
              <button type="button" class="plain" onClick={() => setOther(undefined)}>
                {words.mergeOther}
              </button>
            </div>
          </>
        )}
        <NotDone error={error} />
      </div>
    </details>
  );
}

const mergeSentence = (from: Found, into: Found): string =>
  t().member.mergeSentence(nameOf(from.member), nameOf(into.member));

interface CandidateProps {
  readonly of: Found;
  readonly isKept: boolean;
  readonly onKeep: () => void;
}

function Candidate({ of, isKept, onKeep }: CandidateProps) {
  const { member, memberships } = of;
  const programs = new Map((store.value?.programs ?? []).map((each) => [each.programId, each]));
  const known = [member.email, member.phone, member.customerNumber, member.userId];
  return (
    <label class="candidate">
      <input type="radio" name="kept" checked={isKept} onChange={onKeep} />
      <span class="stack">
        <strong>{nameOf(member)}</strong>
        <span class="quiet">{[...new Set(known.filter(Boolean))].join(' · ')}</span>
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
