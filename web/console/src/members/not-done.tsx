/** Why something was not done, or that nobody knows whether it was. */

import { isUnknown } from '../../../shared/api/client.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { t } from '../words.ts';

export function NotDone({ error }: { readonly error: unknown }) {
  if (error === undefined) return null;
  if (!isUnknown(error)) return <Failed error={error} />;
  return (
    <p class="problem" role="alert">
      {t().member.unknown}
    </p>
  );
}
