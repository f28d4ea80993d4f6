/** Who a member is, and a way to change that. */

import { useState } from 'preact/hooks';
import { calendarDay, day } from '../../../shared/i18n/format.ts';
import { may } from '../access.ts';
import type { Member } from '../people.ts';
import { t } from '../words.ts';
import { useRead } from '../ui/use-read.ts';
import { nameOfField, readOwnFields, shown, type OwnField } from './own-fields.ts';
import { ProfileForm } from './profile-form.tsx';

interface Props {
  readonly member: Member;
  readonly onChanged: () => void;
}

export function Profile({ member, onChanged }: Props) {
  const [isEdited, setEdited] = useState(false);
  const [isSaved, setSaved] = useState(false);
  const own = useRead(readOwnFields, []).value ?? [];
  const words = t().member;

  function leave(hasChanged: boolean): void {
    setEdited(false);
    setSaved(hasChanged);
    if (hasChanged) onChanged();
  }

  return (
    <section class="panel">
      <h2>{words.profile}</h2>
      {isEdited ? <ProfileForm member={member} own={own} onDone={leave} /> : <Lines member={member} own={own} />}
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

function Lines({ member, own }: { readonly member: Member; readonly own: readonly OwnField[] }) {
  const words = t().member;
  const isSubscribed = member.newsletter?.subscribed;
  const lines = [
    [words.email, member.email],
    [words.phone, member.phone],
    [words.number, member.customerNumber],
    [words.birthday, member.birthday && calendarDay(member.birthday)],
    [words.newsletter, member.newsletter && (isSubscribed ? words.yes : words.no)],
    ...ownLines(member, own),
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

/** The account's own fields, in its order; without that, as for a manager, by their names. */
function ownLines(member: Member, own: readonly OwnField[]): readonly (readonly [string, string])[] {
  const { customFields } = member;
  const label = new Map(own.map((each) => [each.name, nameOfField(each)]));
  const names = [...new Set([...own.map((each) => each.name), ...Object.keys(customFields)])];
  return names
    .filter((name) => customFields[name] !== undefined && customFields[name] !== null)
    .map((name) => [label.get(name) ?? name, shown(customFields[name])] as const);
}
