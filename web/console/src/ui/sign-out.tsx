/** Ends the session. It asks first while bookings of the person wait on this device. */

import { signOut } from '../../../shared/firebase/session.ts';
import { counted } from '../../../shared/i18n/format.ts';
import { replace } from '../../../shared/lib/router.ts';
import { Sure } from '../../../shared/ui/sure.tsx';
import { forgetAccess } from '../kept-access.ts';
import { unsent } from '../till/unsent.ts';
import { t } from '../words.ts';
import { leaving } from './unsaved.ts';

interface Props {
  readonly onLeave: (action: Promise<unknown>) => void;
}

export function SignOut({ onLeave }: Props) {
  const words = t().shell;
  const end = (): void => void leaving(() => onLeave(leave()));

  if (unsent.value === 0) {
    return (
      <button type="button" class="plain" onClick={end}>
        {words.signOut}
      </button>
    );
  }
  const question = counted(unsent.value, words.leaveUnsent);
  return (
    <Sure question={question} yes={words.leave} look="plain" act={end}>
      {words.signOut}
    </Sure>
  );
}

async function leave(): Promise<void> {
  forgetAccess();
  await signOut();
  replace('/console');
}
