/** What somebody sees who has to sign in first; then the page goes on where it was. */

import { here } from '../../../shared/lib/router.ts';
import { t } from '../words.ts';

export function SignInFirst({ why }: { readonly why: string }) {
  return (
    <div class="panel">
      <p>{why}</p>
      <a class="button" href={`/sign-in?back=${encodeURIComponent(here())}`}>
        {t().signIn.title}
      </a>
    </div>
  );
}
