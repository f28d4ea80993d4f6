/** Who a member is, and a way to change that. */

import { useState } from 'preact/hooks';
import { day } from '../../../shared/i18n/format.ts';
import { may } from '../access.ts';
import type { Member } from '../people.ts';
import { t } from '../words.ts';
import { ProfileForm } from './profile-form.tsx';

interface Props {
  readonly member: Member;
  readonly onChanged: () => void;
}

export function Profile({ member, onChanged }: Props) {
  const [isEdited, setEdited] = useState(false);
  const [isSaved, setSaved] = useState(false);
  const words = t().member;

  function leave(hasChanged: boolean): void {
    setEdited(false);
    setSaved(hasChanged);
    if (hasChanged) onChanged();
  }

  return (
    <section class="panel">
      <h2>{words.profile}</h2>
      {isEdited ? <ProfileForm member={member} onDone={leave} /> : <Lines member={member} />}
      {!isEdited && (
        <>
          <p role="status">{isSaved && words.saved}</p>
          {may('updateMember') && member.status !== 'erasing' && (
            <button type="button" class="plain" onClick={() => setEdited(true)}>
              {words.edit}
            </button>
          )}
        </>
      )}
    </section>
  );
}

function Lines({ member }: { readonly member: Member }) {
  const words = t().member;
  const isSubscribed = member.newsletter?.subscribed;
  const lines = [
    [words.email, member.email],
    [words.phone, member.phone],
    [words.number, member.customerNumber],
    [words.birthday, member.birthday && day(new Date(`${member.birthday}T12:00:00`))],
    [words.newsletter, member.newsletter && (isSubscribed ? words.yes : words.no)],
    [words.since, day(new Date(member.createdAt))],
    [words.id, member.userId],
    [t().members.standing, t().members.status[member.status]],
  ] as const;
  return (
    <dl>
      {lines.map(
        ([label, value]) =>
          value && (
            <div class="pair" key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
