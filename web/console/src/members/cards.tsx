/** The cards of a person in the store that is chosen, those of closed programs among them. */

import { ask } from '../../../shared/api/client.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { may, store } from '../access.ts';
import type { Program } from '../store.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { Join } from './join.tsx';
import { MemberCard, type Membership } from './member-card.tsx';
import type { Found } from './merge.tsx';
import { readOpenPurchases } from './open-purchases.ts';

interface Props {
  readonly answer: Found;
  readonly onChanged: () => void;
}

export function Cards({ answer, onChanged }: Props) {
  const here = store.value;
  const open = here?.programs ?? [];
  const isOpen = (programId: string): boolean => open.some((each) => each.programId === programId);
  const mine = answer.memberships.filter((each) => each.storeId === here?.storeId);
  const closedIds = mine.map((each) => each.programId).filter((each) => !isOpen(each));
  const closed = useRead(() => readClosed(closedIds), [closedIds.join()]);
  const programs = new Map([...open, ...(closed.value ?? [])].map((each) => [each.programId, each]));
  const words = t().member;
  const { userId, status } = answer.member;
  const storeId = here?.storeId ?? '';
  const purchases = useRead(() => readOpenPurchases(userId, storeId), [userId, storeId, answer]);
  const missing = open.filter((each) => !mine.some(({ programId }) => programId === each.programId));

  return (
    <>
      {mine.length === 0 && <p class="panel">{words.noCards}</p>}
      {mine.map((membership: Membership) => {
        const program = programs.get(membership.programId);
        return (
          program && (
            <MemberCard
              userId={userId}
              membership={membership}
              program={program}
              isClosed={!isOpen(membership.programId)}
              purchases={(purchases.value ?? []).filter((each) => each.programId === membership.programId)}
              onChanged={onChanged}
              key={membership.programId}
            />
          )
        );
      })}
      {purchases.error !== undefined && <Failed error={purchases.error} retry={purchases.again} />}
      {closed.error !== undefined && <Failed error={closed.error} retry={closed.again} />}
      {status === 'active' && missing.length > 0 && may('enrollInLoyaltyProgram') && (
        <Join userId={userId} programs={missing} onJoined={onChanged} />
      )}
      {answer.memberships.length > mine.length && <p class="quiet">{words.elsewhere}</p>}
    </>
  );
}

/** The public profile of a store has its open programs alone. */
async function readClosed(programIds: readonly string[]): Promise<readonly Program[]> {
  if (!may('getLoyaltyProgram')) return [];
  const found = await Promise.all(
    programIds.map((programId) =>
      ask((api, signal) => api.POST('/getLoyaltyProgram', { body: { programId }, signal })),
    ),
  );
  return found.map(({ program }) => ({
    programId: program.programId,
    programName: program.programName,
    programType: program.programType,
    currency: program.currency,
  }));
}
