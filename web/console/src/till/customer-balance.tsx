/** What a customer has in a program. A cashier may not read that, and sees it with the booking. */

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { may } from '../access.ts';
import type { Member } from '../people.ts';
import type { Program } from '../store.ts';
import { amount, t } from '../words.ts';

type Membership = components['schemas']['Membership'];

interface Props {
  readonly member: Member;
  readonly program: Program;
}

export function CustomerBalance({ member, program }: Props) {
  const [memberships, setMemberships] = useState<readonly Membership[]>([]);
  const { userId } = member;

  useEffect(() => {
    if (!may('getMember')) return;
    ask((api, signal) => api.POST('/getMember', { body: { userId }, signal })).then(
      (answer) => setMemberships(answer.memberships),
      () => undefined, // It is only beside: booking does not need it.
    );
  }, [userId]);

  const found = memberships.find((each) => each.programId === program.programId);
  const tier = found?.currentTier;
  return (
    <>
      {found && (
        <p>
          {amount(found.currentBalance, program)}
          {tier && ` · ${tier}`}
        </p>
      )}
      {member.status === 'suspended' && <p class="problem">{t().problem.codes['MEMBER_SUSPENDED']}</p>}
    </>
  );
}
