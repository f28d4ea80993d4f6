/** Suspend a person, or lift that, with a reason. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { may } from '../access.ts';
import type { Member } from '../people.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { t } from '../words.ts';
import { Field } from '../ui/field.tsx';
import type { Membership } from './member-card.tsx';
import { NotDone } from './not-done.tsx';

interface Props {
  readonly member: Member;
  readonly memberships: readonly Membership[];
  readonly onChanged: () => void;
}

export function Standing({ member, memberships, onChanged }: Props) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const { isBusy, error, run } = useAction();
  const words = t().member;
  const isSuspended =
    member.status === 'suspended' || memberships.some((each) => each.status === 'suspended');
  const isOpen = isSuspended || member.status === 'active';
  if (!isOpen || !may(isSuspended ? 'reactivateMember' : 'suspendMember')) return null;

  function submit(event: Event): void {
    event.preventDefault();
    setProblem(reason.trim() ? '' : words.reasonEmpty);
    if (!reason.trim()) return;
    const body = { userId: member.userId, reason: reason.trim() };
    run(async () => {
      await ask((api, signal) =>
        isSuspended ? api.POST('/reactivateMember', { body, signal }) : api.POST('/suspendMember', { body, signal }),
      );
      setReason('');
      onChanged();
    });
  }

  return (
    <section class="panel">
      <h2>{isSuspended ? words.resume : words.suspend}</h2>
      <p class={isSuspended ? 'problem' : 'quiet'} role="status">
        {isSuspended ? words.suspended : words.suspendNote}
      </p>
      <form class="stack" noValidate onSubmit={submit}>
        <Field
          label={words.reason}
          hint={words.reasonHint}
          problem={problem}
          value={reason}
          onInput={setReason}
        />
        <NotDone error={error} onRefused={onChanged} />
        <button type="submit" class={isSuspended ? '' : 'severe'} aria-disabled={isBusy}>
          {isSuspended ? words.resume : words.suspend}
        </button>
      </form>
    </section>
  );
}
