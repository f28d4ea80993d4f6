/** `/console/staff`: who works for the account, who is invited, and which apps act for it. */

import { useState } from 'preact/hooks';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import { usePolling } from '../ui/use-polling.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { Apps } from './apps.tsx';
import { Invitations } from './invitations.tsx';
import { Invite } from './invite.tsx';
import { readInvitations, readPeople } from './people.ts';
import { PersonRow } from './person.tsx';
import './staff.css';

export default function Staff() {
  const [said, setSaid] = useState('');
  const { value, error, again } = useRead(() => Promise.all([readPeople(), readInvitations()]), []);
  const words = t().staff;
  const [people, invitations] = value ?? [];
  usePolling(again, (invitations ?? []).some((each) => each.isOpen)); // Somebody may accept at any moment.

  function changed(sentence: string): void {
    setSaid(sentence);
    again();
  }

  return (
    <>
      <h1 tabIndex={-1}>{t().shell.sections.staff}</h1>
      <p class="quiet" role="status">
        {said}
      </p>
      {!value && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={again} />}
      {people && (
        <section class="panel" aria-label={words.people}>
          <h2>{words.people}</h2>
          <ul class="plain-list">
            {people.map((each) => (
              <PersonRow person={each} onChanged={changed} key={`${each.userId} ${each.updatedAt}`} />
            ))}
          </ul>
        </section>
      )}
      {invitations && invitations.length > 0 && <Invitations invitations={invitations} onChanged={changed} />}
      {value && may('inviteStaffMember') && <Invite onChanged={again} />}
      {may('listOAuthConsents') && <Apps onEnded={setSaid} />}
    </>
  );
}
