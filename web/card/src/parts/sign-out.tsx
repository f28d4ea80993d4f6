/** Who has signed in, and the way out: what this browser has kept of them goes with it. */

import { signOut, user } from '../../../shared/firebase/session.ts';
import { replace } from '../../../shared/lib/router.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { forgetAll } from '../forget-all.ts';
import { t } from '../words.ts';

export function SignOut() {
  const { error, run } = useAction();
  const email = user.value?.email;

  async function endVisit(): Promise<void> {
    await forgetAll();
    await signOut();
    replace('/cards');
  }

  return (
    <>
      {email && <p class="quiet">{t().me.signedIn(email)}</p>}
      <button type="button" class="plain" onClick={() => run(endVisit)}>
        {t().me.signOut}
      </button>
      {error !== undefined && <Failed error={error} />}
    </>
  );
}
