/** What a customer has in a program. A cashier may not read that, and sees only what can be spent of it. */

import { ask } from '../../../shared/api/client.ts';
import { may } from '../access.ts';
import type { Member } from '../people.ts';
import type { Program } from '../store.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { onCard } from './on-card.ts';
import type { Standing } from './standing.ts';

interface Props {
  readonly member: Member;
  readonly program: Program;
  readonly standing: Standing | undefined;
}

export function CustomerBalance({ member, program, standing }: Props) {
  const { userId } = member;
  // It is only beside: booking does not need it, so nothing is said where it fails.
  const read = useRead(
    async () => (may('getMember') ? ask((api, signal) => api.POST('/getMember', { body: { userId }, signal })) : undefined),
    [userId, standing],
  );
  const found = read.value?.memberships.find((each) => each.programId === program.programId);
  const tier = found?.currentTier;
  const balance = found?.currentBalance ?? standing?.balance ?? undefined;
  return (
    <>
      <p class="standing">
        {balance !== undefined && written(balance, program)}
        {tier && ` · ${tier}`}
      </p>
      {member.status === 'suspended' && <p class="problem">{t().problem.codes['MEMBER_SUSPENDED']}</p>}
    </>
  );
}

/** Money needs its name; points and stamps say what they are. */
function written(balance: number, program: Program): string {
  const text = onCard(balance, program);
  return program.programType === 'cashback' ? t().till.balance(text) : text;
}
