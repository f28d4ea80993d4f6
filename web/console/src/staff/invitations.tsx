/** Who is invited and has not accepted yet. */

import { ask } from '../../../shared/api/client.ts';
import { day } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { useWrite } from '../ui/use-write.ts';
import { t } from '../words.ts';
import { mailed } from './invite.tsx';
import { oneself, placesOf, type Invitation } from './people.ts';
import { mayGive } from './rights.ts';

interface Props {
  readonly invitations: readonly Invitation[];
  readonly onChanged: (sentence: string) => void;
}

export function Invitations({ invitations, onChanged }: Props) {
  const words = t().staff;
  return (
    <section class="panel" aria-label={words.waiting}>
      <h2>{words.waiting}</h2>
      <ul class="plain-list">
        {invitations.map((each) => (
          <Row invitation={each} onChanged={onChanged} key={each.email} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly invitation: Invitation;
  readonly onChanged: Props['onChanged'];
}

function Row({ invitation, onChanged }: RowProps) {
  const words = t().staff;
  const { email, label, role, storeIds, expiresAt, isOpen } = invitation;
  const mail = useAction();
  const { error, send } = useWrite();

  function mailAgain(): void {
    mail.run(async () => onChanged((await mailed(email)) ? words.mailed(email) : words.notMailed(email)));
  }

  function withdraw(): void {
    const body = { email };
    send(body, async (header) => {
      await ask((api, signal) => api.POST('/withdrawStaffInvitation', { body, params: { header }, signal }));
      onChanged(words.withdrawn(email));
    });
  }

  return (
    <li class="person">
      <div class="row">
        <strong>{label || email}</strong>
        <span class="role">{t().shell.roles[role]}</span>
      </div>
      <p class="quiet">{[...(label ? [email] : []), placesOf(storeIds), words.until(day(new Date(expiresAt)))].join(' · ')}</p>
      {!isOpen && <p class="problem">{words.ended}</p>}
      {error !== undefined && <Failed error={error} />}
      {mayGive(oneself(), role, storeIds) && (
        <div class="line">
          {isOpen && (
            <button type="button" class="plain" aria-disabled={mail.isBusy} onClick={mailAgain}>
              {words.mailAgain}
            </button>
          )}
          <Sure question={words.withdrawAsk(email)} yes={words.withdraw} look="plain" act={withdraw}>
            {words.withdraw}
          </Sure>
        </div>
      )}
    </li>
  );
}
