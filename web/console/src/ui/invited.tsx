/** Which shops have invited the person, on each page until it is accepted. */

import { ownId } from '../../../shared/firebase/session.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { accept, accounts, invitations } from '../access.ts';
import { t } from '../words.ts';

export function Invited() {
  const { isBusy, error, run } = useAction();
  const words = t().shell;
  return (
    <>
      {invitations.value.length > 0 && accounts.value?.length === 0 && <h1 tabIndex={-1}>{words.invitation}</h1>}
      {invitations.value.map((each) => (
        <section class="panel good" aria-label={each.name} key={each.accountId}>
          <p>{words.invited(each.name, words.roles[each.role])}</p>
          <div>
            <button type="button" aria-disabled={isBusy} onClick={() => run(() => accept(ownId(), each))}>
              {words.accept}
            </button>
          </div>
        </section>
      ))}
      {error !== undefined && <Failed error={error} />}
    </>
  );
}
