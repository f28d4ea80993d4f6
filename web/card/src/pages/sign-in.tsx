/** `/sign-in`: then back to where the person came from. */

import { ownPath } from '../../../shared/lib/safe-url.ts';
import { replace } from '../../../shared/lib/router.ts';
import { SignIn } from '../../../shared/ui/sign-in.tsx';

export default function SignInPage() {
  const back = ownPath(new URLSearchParams(location.search).get('back'), '/cards');
  const link = `/sign-in?${new URLSearchParams({ back }).toString()}`;
  return <SignIn link={link} onDone={() => replace(back)} />;
}
