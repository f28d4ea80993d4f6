/** `/sign-in`: then back to where the person came from. Google and Apple send people here, too. */

import { useEffect, useState } from 'preact/hooks';
import { ownPath } from '../../../shared/lib/safe-url.ts';
import { parts, replace } from '../../../shared/lib/router.ts';
import { SignIn } from '../../../shared/ui/sign-in.tsx';
import { Loading } from '../../../shared/ui/status.tsx';
import { OtherWays } from '../sign-in/other-ways.tsx';
import { hasAnswer, SignInRefused, takeAnswer } from '../sign-in/providers.ts';
import { withoutJoining } from '../joining.ts';
import { t } from '../words.ts';

const FIRST = '/cards';

export default function SignInPage() {
  const back = ownPath(new URLSearchParams(location.search).get('back'), FIRST);
  const [isComing, setComing] = useState(hasAnswer);
  const [note, setNote] = useState('');

  useEffect(() => {
    if (!isComing) return;
    takeAnswer().then(
      (path) => goOn(ownPath(path, FIRST)),
      (error: unknown) => {
        setNote(sentenceFor(error));
        setComing(false);
      },
    );
  }, []);

  if (isComing) return <Loading />;
  const link = `/sign-in?${new URLSearchParams({ back }).toString()}`;
  return (
    <>
      <SignIn
        link={link}
        note={note}
        onDone={() => goOn(back)}
        onDoneElsewhere={() => goOn(withoutJoining(back))}
      />
      <OtherWays back={back} />
    </>
  );
}

/** Who has left this page meanwhile stays where they are. */
function goOn(to: string): void {
  if (parts()[0] === 'sign-in') replace(to);
}

function sentenceFor(error: unknown): string {
  const words = t().signInBy;
  if (error instanceof SignInRefused) return words[error.reason];
  const { code } = error as { code?: unknown };
  return code === 'auth/account-exists-with-different-credential' ? words.otherWay : words.failed;
}
